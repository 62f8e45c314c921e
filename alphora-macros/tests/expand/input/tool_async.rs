#[tool(name = "weather", description = "The weather now.", timeout = 5, city = "the city's name")]
async fn get_weather(city: String) -> Result<Weather, ServiceError> {
    service().weather(&city).await
}
