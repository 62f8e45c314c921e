//! What limits leave of a memory.

use super::*;
use crate::wire::IntoMessages;

const CHAT: &str = "s1 a0 u1 a1 u2 c12 r1 r2 a2 s2 u3 a3";

fn left(history: &History) -> String {
    let left = words(history.messages());
    assert_eq!((history.len(), history.is_empty()), (history.messages().len(), left.is_empty()));
    assert_eq!(history.rounds(), left.matches('u').count());
    left
}

#[test]
fn rounds_end_where_the_next_begins() {
    let history = memory(CHAT).build_history();
    let cases = [
        (0, "s1 s2"),
        (1, "s1 s2 u3 a3"),
        (2, "s1 u2 c12 r1 r2 a2 s2 u3 a3"),
        // What comes before the first message of the user is of the first round.
        (3, CHAT),
        (usize::MAX, CHAT),
    ];
    for (rounds, expected) in cases {
        assert_eq!(left(&history.clone().max_rounds(rounds)), expected);
    }
    assert_eq!(left(&memory("s a1 a2").build_history().max_rounds(1)), "s a1 a2");
    assert_eq!(left(&memory("s a1 a2").build_history().max_rounds(0)), "s");
    assert_eq!(left(&memory("u1 u2 u3").build_history().max_rounds(2)), "u2 u3");
    assert_eq!(left(&MemoryManager::default().build_history().max_rounds(2)), "");
}

#[test]
fn messages_are_at_most_as_many_and_calls_are_whole() {
    let history = memory(CHAT).build_history();
    let cases = [
        (0, "s1 s2"),
        (1, "s1 s2 a3"),
        (2, "s1 s2 u3 a3"),
        (3, "s1 a2 s2 u3 a3"),
        (4, "s1 a2 s2 u3 a3"),
        (5, "s1 a2 s2 u3 a3"),
        (6, "s1 c12 r1 r2 a2 s2 u3 a3"),
        (7, "s1 u2 c12 r1 r2 a2 s2 u3 a3"),
        (100, CHAT),
    ];
    for (messages, expected) in cases {
        assert_eq!(left(&history.clone().max_messages(messages)), expected);
    }
    // Nothing older is taken in place of what does not fit.
    assert_eq!(left(&memory("u a c12 r1 r2").build_history().max_messages(2)), "");
}

#[test]
fn tokens_are_counted_with_what_is_always_kept() {
    let history = memory(CHAT).build_history();
    let by_message = |tokens: usize| history.clone().max_tokens_by(tokens, |_| 1);
    assert_eq!(left(&by_message(12)), CHAT);
    assert_eq!(left(&by_message(8)), "s1 c12 r1 r2 a2 s2 u3 a3");
    assert_eq!(left(&by_message(7)), "s1 a2 s2 u3 a3");
    assert_eq!(left(&by_message(3)), "s1 s2 a3");
    assert!(by_message(3).check().is_ok());
    for (limit, tokens) in [(2, 3), (1, 3), (0, 3)] {
        assert_eq!(by_message(limit).check(), Err(HistoryError::TooLong { tokens, limit }));
        assert_eq!(left(&by_message(limit)), "s1 s2");
    }
    // Without a count, tokens are estimated.
    let all: usize = history.messages().map(estimated_tokens).sum();
    assert_eq!(left(&history.clone().max_tokens(all)), CHAT);
    assert_eq!(left(&history.clone().max_tokens(all - 1)), "s1 u1 a1 u2 c12 r1 r2 a2 s2 u3 a3");
    // The limit that was put on last holds.
    assert_eq!(left(&history.clone().max_tokens(1).max_tokens_by(3, |_| 1)), "s1 s2 a3");
}

#[test]
fn the_newest_message_has_to_fit() {
    let too_long = |memory: &MemoryManager, limit| memory.build_history().max_tokens_by(limit, |_| 2).check();
    let mut memory = memory("u1 a1 u2");
    assert_eq!(too_long(&memory, 1), Err(HistoryError::TooLong { tokens: 2, limit: 1 }));
    assert_eq!(too_long(&memory, 2), Ok(()));
    // Pinned, it is there, whatever else fits.
    memory.pin(id(&memory, 2));
    assert_eq!(too_long(&memory, 2), Ok(()));
    // An instruction in the last place is not what has to be answered.
    memory.unpin(id(&memory, 2));
    memory.add_system("s");
    assert_eq!(too_long(&memory, 2), Err(HistoryError::TooLong { tokens: 4, limit: 2 }));
    assert_eq!(too_long(&memory, 4), Ok(()));
    assert_eq!(too_long(&MemoryManager::default(), 0), Ok(()));
    let error = memory.build_history().max_tokens(3).into_messages().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the newest message takes 10 tokens with the system and pinned messages, and the history may take 3: raise \
         `max_tokens`, pin less, or shorten the message"
    );
    // Counts that do not fit into a number are too long, and no panic.
    assert!(memory.build_history().max_tokens_by(9, |_| usize::MAX).check().is_err());
}

#[test]
fn what_is_pinned_or_kept_is_there_and_what_is_excluded_is_not() {
    let mut memory = memory(CHAT);
    memory.pin(id(&memory, 2));
    memory.tag(id(&memory, 6), "fact");
    let history = || memory.build_history();
    assert_eq!(left(&history().max_rounds(1)), "s1 u1 s2 u3 a3");
    assert_eq!(left(&history().max_rounds(1).keep_tagged("fact")), "s1 u1 c12 r1 r2 s2 u3 a3");
    assert_eq!(left(&history().max_messages(1).keep_tagged("fact")), "s1 u1 c12 r1 r2 s2 a3");
    // A pinned question still begins its round.
    assert_eq!(left(&history().max_rounds(3)), CHAT);
    assert_eq!(left(&history().exclude_tagged("fact")), "s1 a0 u1 a1 u2 a2 s2 u3 a3");
    assert_eq!(left(&history().keep_tagged("fact").exclude_tagged("fact").max_rounds(0)), "s1 u1 s2");
    assert_eq!(left(&history().keep_tagged("other").exclude_tagged("none").max_rounds(0)), "s1 u1 s2");
    assert_eq!(left(&history().without_system().max_messages(2)), "u1 u3 a3");
    // Excluded questions begin no round.
    memory.tag(id(&memory, 10), "noise");
    assert_eq!(
        left(&memory.build_history().exclude_tagged("noise").max_rounds(1)),
        "s1 u1 u2 c12 r1 r2 a2 s2 a3"
    );
    memory.pin(id(&memory, 0));
    assert_eq!(left(&memory.build_history().without_system().max_rounds(0)), "u1");
}

#[test]
fn limits_add_up() {
    let history = memory(CHAT).build_history();
    assert_eq!(left(&history.clone().max_rounds(2).max_messages(3)), "s1 a2 s2 u3 a3");
    assert_eq!(left(&history.clone().max_rounds(1).max_messages(3)), "s1 s2 u3 a3");
    assert_eq!(left(&history.clone().max_messages(3).max_tokens_by(4, |_| 1)), "s1 s2 u3 a3");
    // Tokens do not count what rounds have left out.
    assert!(history.max_rounds(0).max_tokens_by(2, |_| 1).check().is_ok());
}

#[test]
fn a_window_of_a_whole_chain_is_whole_and_of_a_broken_one_is_judged_by_itself() {
    let broken = memory("u1 c1 u2 a2");
    assert!(broken.build_history().check().is_err());
    assert!(broken.build_history().max_rounds(1).check().is_ok());
    // What stood between a call and its result is left out.
    let parted = memory("u c1 s r1");
    assert!(parted.build_history().check().is_err());
    assert!(parted.build_history().without_system().check().is_ok());
}

#[test]
fn a_history_can_be_given_to_a_model_and_keeps_what_it_saw() {
    let mut memory = memory("u1 a1");
    let history = memory.build_history();
    memory.add_user("u2");
    assert_eq!(words(&IntoMessages::into_messages(&history).unwrap()), "u1 a1");
    assert_eq!(words(&IntoMessages::into_messages(history.clone()).unwrap()), "u1 a1");
    assert_eq!(words(&history.into_messages().unwrap()), "u1 a1");
    memory.add_assistant(calls(&["1"]));
    let refused = IntoMessages::into_messages(memory.build_history()).unwrap_err();
    assert!(matches!(refused.downcast_ref(), Some(HistoryError::BrokenToolChain(_))));
}

#[test]
fn a_group_that_is_larger_than_a_window_is_an_error_and_not_an_empty_window() {
    let mut memory = MemoryManager::default();
    memory.add_system("be brief");
    memory.add_user("find three");
    let calls = ["a", "b", "c"].map(|id| ToolCall::new(id, "find", "{}"));
    memory.add_assistant(Message::assistant_calls(calls.into()));
    memory.add_tool_result(["a", "b", "c"].map(|id| Message::tool(id, "found")));
    let error = memory.build_history().max_messages(3).into_messages().unwrap_err();
    assert_eq!(error, HistoryError::TooManyMessages { messages: 4, limit: 3 });
    assert_eq!(memory.build_history().max_messages(4).len(), 5);
    // Nothing but what is always kept, when that is what was asked for.
    assert_eq!(memory.build_history().max_messages(0).into_messages().unwrap().len(), 1);
}
