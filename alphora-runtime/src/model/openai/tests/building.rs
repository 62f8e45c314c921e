//! What a builder takes, what it refuses, and what it never shows.

use std::collections::HashMap;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::model::{OpenAILike, OpenAILikeBuilder};

const KEY: &str = "sk-canary-0123456789";

fn from(variables: &[(&str, &str)]) -> Result<OpenAILikeBuilder, Error> {
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    OpenAILikeBuilder::from_variables(|name| variables.get(name).map(|value| (*value).to_owned()))
}

#[test]
fn the_key_is_in_no_text() {
    let builder = OpenAILike::builder()
        .base_url("http://127.0.0.1:1/v1")
        .model_name("m")
        .api_key(KEY)
        .header("x-other-key", KEY);
    assert!(!format!("{builder:?}").contains(KEY));
    let llm = builder.clone().build().unwrap();
    assert!(!format!("{llm:?} {:?}", llm.acall("?")).contains(KEY));
    for refused in [
        builder.clone().api_key(format!("{KEY}\n{KEY}")),
        builder.clone().header("x-other-key", format!("{KEY}\u{e9}\n{KEY}")),
        builder.clone().base_url(format!("http://{KEY}@host")),
        builder.base_url(format!("http://host/?{KEY}")),
    ] {
        let error = refused.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(!format!("{error} {error:?}").contains(KEY), "{error}");
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_words_that_say_what_to_write() {
    let builder = OpenAILike::builder().base_url("http://127.0.0.1:1/v1");
    let named = builder.clone().model_name("m");
    for (refused, why) in [
        (builder, "no model is named: set `model_name` to a model of the server"),
        (named.clone().base_url("host"), "`base_url` is not a URL"),
        (named.clone().header("a b", "c"), "`a b` is no name of a header"),
        (named.clone().idle_timeout(Duration::ZERO), "`idle_timeout` is zero"),
        (named.clone().connect_timeout(Duration::ZERO), "`connect_timeout` is zero"),
    ] {
        let error = refused.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().starts_with(why), "{error}");
    }
    named.total_timeout(Duration::MAX).first_token_timeout(Duration::MAX).build().unwrap();
}

#[test]
fn a_client_for_an_encrypted_server_needs_no_provider_of_the_process() {
    // A machine without certificates cannot have one, and says so.
    match OpenAILike::builder().model_name("m").build() {
        Ok(llm) => assert_eq!(llm.model_name(), "m"),
        Err(error) => assert!(error.to_string().contains("certificates"), "{error}"),
    }
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}

#[test]
fn the_environment_names_the_model() {
    let local = ("OPENAI_BASE_URL", "http://127.0.0.1:18080/v1");
    let llm = from(&[local, ("OPENAI_MODEL", " smollm2\n")]).unwrap().build().unwrap();
    assert_eq!(llm.model_name(), "smollm2");
    for name in ["DEFAULT_LLM", "LLM_MODEL", "LLM_MODEL_NAME"] {
        let llm = from(&[("LLM_BASE_URL", "http://host"), (name, "m"), ("LLM_API_KEY", KEY)]).unwrap();
        assert_eq!((llm.names, llm.build().unwrap().model_name()), (("LLM_BASE_URL", name), "m"));
    }
    for nothing in [
        &[][..],
        &[local, ("OPENAI_API_KEY", KEY)],
        &[local, ("OPENAI_MODEL", " ")],
        // Who names OpenAI's server does not mean the model of another.
        &[local, ("DEFAULT_LLM", "m"), ("LLM_BASE_URL", "http://host")],
    ] {
        let error = from(nothing).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().starts_with("no model is named: set OPENAI_MODEL"), "{error}");
        assert!(!error.to_string().contains(KEY));
    }
}

#[test]
fn a_key_goes_to_no_server_of_the_other_family() {
    let builder = from(&[
        ("OPENAI_API_KEY", KEY),
        ("LLM_BASE_URL", "http://host"),
        ("LLM_API_KEY", "other"),
        ("DEFAULT_LLM", "m"),
    ]);
    assert_eq!(builder.unwrap().revealed_key(), Some("other"));
    let builder = from(&[("OPENAI_MODEL", "m"), ("LLM_API_KEY", KEY), ("LLM_BASE_URL", "http://host")]);
    let builder = builder.unwrap();
    assert_eq!((builder.revealed_key(), builder.names.0), (None, "`base_url`"));
}

#[test]
fn mistakes_in_the_environment_name_the_variable() {
    let error = from(&[("OPENAI_BASE_URL", "host"), ("OPENAI_MODEL", "m")]).unwrap().build().unwrap_err();
    assert!(error.to_string().starts_with("OPENAI_BASE_URL is not a URL"), "{error}");
}
