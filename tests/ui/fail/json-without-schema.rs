//! row 40: a type that a model is asked for and that has no schema

use alphora::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Person {
    name: String,
}

async fn ask(llm: OpenAILike) -> Result<String, ModelError> {
    let person: Person = llm.acall("who?").json().await?;
    Ok(person.name)
}

fn main() {
    drop(ask);
}
