/// Searches the web.
///
/// Gives the first results, the best first, one
/// a line.
#[tool]
pub fn search_web(query: String, limit: Option<u32>, context: ToolContext) -> String {
    find(query, limit.unwrap_or(5), context.state::<Index>())
}
