//! What may differ between the endpoints of one agent.

/// What differs for one endpoint of an agent with several; `None` is what the agent says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointConfig {
    /// The base path of this endpoint.
    pub path: Option<String>,
    /// The published name of this endpoint.
    pub name: Option<String>,
    /// The title of this endpoint in the API document.
    pub api_title: Option<String>,
    /// The description of this endpoint in the API document.
    pub api_description: Option<String>,
}
