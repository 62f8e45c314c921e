//! Session ids under any text: what is taken is what the rule says, and is kept as it was written.

#![no_main]

use alphora_runtime::session::SessionId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "._:~-".contains(letter);
    let is_id = (1..=128).contains(&text.len()) && text.chars().all(allowed);
    match SessionId::parse(text) {
        Ok(id) => assert!(is_id && id.as_str() == text, "{text:?} was taken"),
        Err(error) => {
            assert!(!is_id, "{text:?} was refused");
            assert!(error.to_string().len() <= 1024, "a refusal of {} bytes", error.to_string().len());
        }
    }
});
