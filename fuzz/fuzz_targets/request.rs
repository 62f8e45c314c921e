//! The body of a chat completion under any bytes: it is read or refused in words that fit into an answer, and what was
//! read is read again from what it is written as.

#![no_main]

use alphora_runtime::wire::OpenAIRequest;
use libfuzzer_sys::fuzz_target;

/// The most bytes of a refusal: a client's mistake is not said back at whatever length it has.
const LONGEST_REFUSAL: usize = 4096;

fuzz_target!(|body: &[u8]| {
    let request = match OpenAIRequest::from_slice(body) {
        Ok(request) => request,
        Err(error) => {
            let said = serde_json::to_string(&error.to_body()).expect("an error body is JSON");
            assert!(said.len() <= LONGEST_REFUSAL, "a refusal of {} bytes", said.len());
            return;
        }
    };
    // Whatever an agent asks of it, it answers.
    let _ = (request.get_user_query(), request.temperature(), request.stream_given());
    let written = serde_json::to_vec(&request).expect("what was read can be written");
    let again = OpenAIRequest::from_slice(&written);
    assert_eq!(again.as_ref(), Ok(&request), "{}", String::from_utf8_lossy(&written));
});
