//! What results become, and how functions that may block are run.

use std::collections::BTreeMap;

use super::*;

fn read<T: Answer>(value: T) -> String {
    value.answer().unwrap().into_string()
}

#[test]
fn texts_are_texts_and_other_values_are_json() {
    assert_eq!(read("sunny"), "sunny");
    assert_eq!(read("sunny".to_owned()), "sunny");
    assert_eq!(read(Cow::Borrowed("sunny")), "sunny");
    assert_eq!(read(()), "done");
    assert_eq!(read(ToolOutput::text("as it is")), "as it is");
    assert_eq!(read(Some("sunny")), "\"sunny\"");
    assert_eq!(read(None::<u8>), "null");
    assert_eq!(read(BTreeMap::from([("degrees", 21)])), r#"{"degrees":21}"#);
}

#[test]
fn a_tool_error_keeps_its_kind_and_others_their_words() {
    let blocked = ToolError::blocked("not today");
    assert_eq!(blocked.clone().reason(), blocked);
    assert_eq!("x".parse::<u8>().unwrap_err().reason(), ToolError::failed("invalid digit found in string"));
    assert_eq!("out of order".reason(), ToolError::failed("out of order"));
}

#[test]
fn results_are_told_from_other_values() {
    let fine: Result<u8, String> = Ok(3);
    assert_eq!(Attempted.output(fine).unwrap().as_str(), "3");
    let failed: Result<u8, String> = Err("no".to_owned());
    assert_eq!(Attempted.output(failed), Err(ToolError::failed("no")));
    assert_eq!(Always.output([1, 2]).unwrap().as_str(), "[1,2]");
}

#[test]
fn without_a_runtime_a_tool_says_so() {
    let mut given = Given::default();
    let mut call = Box::pin(given.blocking(|_| Ok(ToolOutput::text("never"))));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = call.as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(result.unwrap_err().message().contains("Tokio"));
}

#[tokio::test]
async fn a_panic_goes_on_to_whoever_called() {
    #[expect(clippy::disallowed_methods, reason = "it is awaited")]
    let call = tokio::spawn(async { Given::default().blocking(|_| panic!("on purpose")).await });
    assert!(call.await.unwrap_err().is_panic());
}
