//! A cut answer is an error or complete, wherever it is cut.

use alphora_tests::model_server::{Answer, Cut, DONE, ModelServer, content, finish, sentence, usage};

use super::{ask, ask_for, client, once};

fn words() -> Vec<String> {
    (0..30).map(|number| format!("word-{number} ")).collect()
}

/// Cuts `answer` at every byte. `complete` is the byte by which its end has been announced.
async fn cut_everywhere(answer: Answer, complete: usize) {
    let bytes = answer.bytes().len();
    assert!(bytes > 4000, "{bytes}");
    let (token, whole) = (answer.bytes_up_to("word-0"), words().concat());
    let server =
        ModelServer::start(move |seen| answer.clone().first(seen.asked().parse().unwrap(), Cut::Fin)).await;
    // What comes before the first token may be tried again, which other tests look at.
    let (early, late) = (once(&server.base_url).build().unwrap(), client(&server.base_url).build().unwrap());
    let mut short = 0;
    for at in 0..bytes {
        match ask_for(if at < token { &early } else { &late }, &at.to_string()).await {
            Ok(text) if text == whole => assert!(at >= complete, "nothing is complete after {at} bytes"),
            Ok(_) => short += 1,
            Err(error) => assert!(at < complete, "complete after {at} bytes, but: {error}"),
        }
    }
    assert_eq!((short, server.record.request_count()), (0, bytes), "none is short, none is asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chunks() {
    let answer = Answer::words(&words());
    let complete = answer.bytes_up_to("\"finish_reason\":\"stop\"");
    cut_everywhere(answer, complete).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_body_that_ends_with_its_connection() {
    let answer = Answer::events_until_closed(&sentence(&words()));
    let complete = answer.bytes_up_to("\"finish_reason\":\"stop\"");
    cut_everywhere(answer, complete).await;
}

#[tokio::test]
async fn text_that_came_before_a_cut_is_given_once_and_the_error_after_it() {
    for cut in [Cut::Fin, Cut::Rst] {
        let answer = Answer::words(&words());
        let middle = answer.bytes_up_to("word-3 ");
        // A reset may overtake what was sent before it, so it waits.
        let server =
            ModelServer::queue([answer.first(middle, cut).paced(std::time::Duration::from_millis(5))]).await;
        let llm = client(&server.base_url).build().unwrap();
        let mut reply = llm.acall("?").await.unwrap();
        let mut pieces = Vec::new();
        let error = loop {
            match reply.next().await.unwrap() {
                Ok(chunk) => pieces.push(chunk.content),
                Err(error) => break error,
            }
        };
        assert_eq!(pieces, words()[..4], "{error}");
        assert_eq!(error.kind(), alphora::ModelErrorKind::Interrupted, "{error}");
        assert!(reply.next().await.is_none());
        assert_eq!(server.record.request_count(), 1);
    }
}

#[tokio::test]
async fn a_cut_after_the_announced_end_loses_nothing() {
    let events = [content("hi"), finish("stop"), usage(1, 1), DONE.to_owned()];
    for cut in [Cut::Fin, Cut::Rst] {
        let answer = Answer::events(&events);
        let end = answer.bytes_up_to("\"finish_reason\":\"stop\"");
        let server =
            ModelServer::queue([answer.first(end, cut).paced(std::time::Duration::from_millis(5))]).await;
        assert_eq!(ask(&once(&server.base_url).build().unwrap()).await.unwrap(), "hi");
    }
}
