/// Books a flight.
#[tool(strict = false, timeout = 2 * MINUTE, r#type = "business or economy")]
#[cfg(feature = "booking")]
#[tracing::instrument]
pub(crate) fn r#try(
    /// three letters
    from: Airport,
    /** three letters */ to: Airport,
    r#type: Class,
    mut passengers: Vec<Passenger>,
    #[allow(unused)] note: Option<String>,
    days: std::collections::BTreeMap<String, u8>,
    first: ToolContext,
    second: context::Alias,
) {
    passengers.sort();
    book(from, to, r#type, passengers, days, first, second)
}
