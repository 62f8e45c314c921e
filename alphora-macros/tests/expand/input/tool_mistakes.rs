#[tool(nam = "search", limit = 3)]
unsafe fn search<T>(query: &str, limit: T) -> String {
    find(query, limit)
}
