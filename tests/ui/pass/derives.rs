//! Derives above and below the attribute, documentation and other attributes of fields survive.

#![deny(missing_docs)]

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

/// Derives below.
#[agent]
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct Below {
    /// A name.
    #[serde(rename = "n")]
    pub name: String,
    /// The stream.
    #[serde(skip)]
    #[agent(stream)]
    pub stream: DataStreamer,
}

/// Says its name.
#[agent]
impl Below {
    /// Answers.
    pub async fn run(&self, _: OpenAIRequest) -> String {
        self.name.clone()
    }
}

/// Derives above.
#[derive(Clone, Debug, Default)]
#[agent]
pub struct Above {
    /// A name.
    pub name: String,
    /// The stream.
    #[agent(stream)]
    pub stream: DataStreamer,
}

#[agent]
impl Above {
    /// Answers.
    pub async fn run(&self, _: OpenAIRequest) -> String {
        self.name.clone()
    }
}

fn main() {
    let below = Below { name: "x".into(), ..Default::default() };
    assert_eq!(serde_json::to_string(&below).unwrap(), r#"{"n":"x"}"#);
    drop(alphora::publish(below.clone()));
    drop(alphora::publish(Above::default().clone()));
}
