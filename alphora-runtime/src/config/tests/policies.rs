//! The policies of a run as options: where they can stand, which source wins, and what a wrong word says.

use std::time::Duration;

use super::{ONE, SEVERAL, file, layered};
use crate::agent::{Description, OnDisconnect, OnFailure, Options};
use crate::config::{AgentSettings, Environment};
use crate::session::Concurrency;

const STUBBORN: Description = Description {
    agent: "Stubborn",
    options: Options {
        first_event_timeout: Some(7),
        idle_timeout: Some(8),
        on_disconnect: Some(OnDisconnect::Continue),
        concurrency: Some(Concurrency::Reject),
        on_failure: Some(OnFailure::Keep),
        ..Options::NONE
    },
    endpoints: ONE.endpoints,
};

fn policies(settings: &AgentSettings) -> (OnDisconnect, Concurrency, OnFailure) {
    (settings.on_disconnect, settings.concurrency, settings.on_failure)
}

#[test]
fn nothing_said_is_the_default() {
    let settings = AgentSettings::described(&ONE);
    assert_eq!(policies(&settings), (OnDisconnect::Cancel, Concurrency::Enqueue, OnFailure::Rollback));
    let two_minutes = Duration::from_secs(120);
    assert_eq!((settings.first_event_timeout, settings.idle_timeout), (two_minutes, two_minutes));
}

#[test]
fn the_attribute_then_the_file_then_the_variable() {
    let resolved =
        |environment: &Environment| layered(&[&STUBBORN], environment).map(|(_, mut all)| all.remove(0));
    let attribute = resolved(&Environment::empty()).unwrap();
    assert_eq!(policies(&attribute), (OnDisconnect::Continue, Concurrency::Reject, OnFailure::Keep));
    let clocks = (Duration::from_secs(7), Duration::from_secs(8));
    assert_eq!((attribute.first_event_timeout, attribute.idle_timeout), clocks);

    let file = file("policies", "[Stubborn]\nconcurrency = \"interrupt\"\non_failure = \"rollback\"\n");
    let environment = Environment::empty().with_file(file);
    let of_file = resolved(&environment).unwrap();
    assert_eq!(policies(&of_file), (OnDisconnect::Continue, Concurrency::Interrupt, OnFailure::Rollback));

    let environment = environment
        .with_variable("ALPHORA_STUBBORN_CONCURRENCY", "rollback")
        .with_variable("ALPHORA_CONCURRENCY", "enqueue")
        .with_variable("ALPHORA_ON_DISCONNECT", "cancel");
    let of_variables = resolved(&environment).unwrap();
    assert_eq!(policies(&of_variables), (OnDisconnect::Cancel, Concurrency::Rollback, OnFailure::Rollback));
}

#[test]
fn a_wrong_word_names_its_place_and_the_words() {
    let variable = |name: &str, value: &str| Environment::empty().with_variable(name, value);
    for (environment, says) in [
        (
            variable("ALPHORA_SUPPORT_ON_DISCONNECT", "stay"),
            "variable ALPHORA_SUPPORT_ON_DISCONNECT: `stay` is not a valid `on_disconnect`: \
             write one of `cancel`, `continue`",
        ),
        (
            variable("ALPHORA_CONCURRENCY", "Reject"),
            "variable ALPHORA_CONCURRENCY: `Reject` is not a valid `concurrency`: \
             write one of `enqueue`, `reject`, `interrupt`, `rollback`",
        ),
        (
            Environment::empty().with_file(file("failure", "[Support]\non_failure = true\n")),
            "table [Support]: `true` is not a valid `on_failure`: write one of `rollback`, `keep`",
        ),
        (
            variable("ALPHORA_SUPPORT_ON_DISCONECT", "cancel"),
            "unknown option `on_disconect` (did you mean `on_disconnect`?)",
        ),
    ] {
        let error = layered(&[&ONE], &environment).unwrap_err().to_string();
        assert!(error.contains(says), "{error}\n  does not say: {says}");
    }
}

#[test]
fn an_endpoint_has_no_policy_of_its_own() {
    let file = file("endpoint-policy", "[Desk.endpoints.ask]\nconcurrency = \"reject\"\n");
    let error = layered(&[&SEVERAL], &Environment::empty().with_file(file)).unwrap_err().to_string();
    assert!(error.contains("endpoint `ask`: `concurrency` is an option of an agent as a whole"), "{error}");
    let variable = Environment::empty().with_variable("ALPHORA_DESK_ASK_CONCURRENCY", "reject");
    let error = layered(&[&SEVERAL], &variable).unwrap_err().to_string();
    assert!(error.contains("unknown option `ask_concurrency`"), "{error}");
}

#[test]
fn the_words_are_the_attributes() {
    const WORDS: &str = include_str!("../../../../alphora-macros/tests/words.txt");
    let line = |key: &str, words: &[&str]| format!("{key} {}", words.join(" "));
    let ours = [
        line("on_disconnect", &OnDisconnect::ALL.map(OnDisconnect::as_str)),
        line("concurrency", &Concurrency::ALL.map(Concurrency::as_str)),
        line("on_failure", &OnFailure::ALL.map(OnFailure::as_str)),
    ];
    assert!(WORDS.lines().filter(|line| !line.starts_with('#')).eq(ours));
}
