//! Old rounds become a summary, or nothing changes.

use std::convert::Infallible;

use super::*;

const HEAD: &str = "Summary of the conversation so far:\n";

/// Compresses, and says which messages the summariser was given.
async fn compress(memory: &mut MemoryManager, keep_rounds: usize) -> Option<String> {
    let (mut given, mut count) = (None, 0);
    let before = memory.len();
    let replaced = memory
        .compress(keep_rounds, |messages| {
            (given, count) = (Some(words(&messages).replace(HEAD, "")), messages.len());
            async { Ok::<_, Infallible>("SUM".to_owned()) }
        })
        .await
        .unwrap();
    assert_eq!(memory.len(), before - replaced + usize::from(replaced > 0));
    assert_eq!(replaced, count);
    given
}

/// The words of a memory, with `SUM` for a summary.
fn compressed(memory: &MemoryManager) -> String {
    words(memory.messages()).replace(HEAD, "")
}

#[tokio::test]
async fn all_but_the_last_rounds_are_replaced() {
    let all = "s1 a0 u1 c12 r1 r2 a1 s2 u2 a2 u3 a3";
    let cases = [
        (0, Some("a0 u1 c12 r1 r2 a1 u2 a2 u3 a3"), "s1 SUM s2"),
        (1, Some("a0 u1 c12 r1 r2 a1 u2 a2"), "s1 SUM s2 u3 a3"),
        (2, Some("a0 u1 c12 r1 r2 a1"), "s1 SUM s2 u2 a2 u3 a3"),
        (3, None, all),
        (usize::MAX, None, all),
    ];
    for (keep_rounds, given, left) in cases {
        let mut memory = memory(all);
        assert_eq!(compress(&mut memory, keep_rounds).await.as_deref(), given);
        assert_eq!(compressed(&memory), left);
        assert!(memory.tagged(MemoryManager::SUMMARY).all(|(_, summary)| summary.role == Role::System));
        let stored = serde_json::to_string(&memory).unwrap();
        assert_eq!(memory.stored_bytes(), stored.len());
        assert_eq!(serde_json::from_str::<MemoryManager>(&stored).unwrap(), memory);
    }
}

#[tokio::test]
async fn pinned_messages_and_waiting_calls_stay() {
    let mut memory = memory("u1 a1 u2 c1 r1 a2 u3 c2");
    memory.pin(id(&memory, 1));
    memory.pin(id(&memory, 4));
    assert_eq!(compress(&mut memory, 0).await.as_deref(), Some("u1 u2 a2 u3"));
    assert_eq!(compressed(&memory), "SUM a1 c1 r1 c2");
    memory.add_tool_result(("2", "r2"));
    assert!(memory.check_tool_chain().is_ok());
}

#[tokio::test]
async fn a_summary_is_summarised_with_what_came_after_it() {
    let mut memory = memory("s u1 a1 u2 a2");
    let ids: Vec<_> = memory.entries().map(|(id, _)| id).collect();
    compress(&mut memory, 1).await;
    assert_eq!(compress(&mut memory, 1).await, None, "nothing new");
    memory.add_user("u3");
    // Ids hold, though the summary is younger than what follows it.
    assert_eq!(memory.get(ids[4]).unwrap().text(), "a2");
    assert_eq!((memory.get(ids[1]), memory.get(ids[0]).unwrap().text().as_ref()), (None, "s"));
    let (summary, _) = memory.tagged(MemoryManager::SUMMARY).next().unwrap();
    assert!(memory.entries().all(|(id, message)| memory.get(id) == Some(message)));
    assert!(summary > ids[4] && summary < id(&memory, 4));
    memory.tag(ids[3], "kept");

    assert_eq!(compress(&mut memory, 1).await.as_deref(), Some("SUM u2 a2"));
    assert_eq!((compressed(&memory), memory.tagged("kept").count()), ("s SUM u3".to_owned(), 0));
    assert_eq!((memory.get(summary), memory.tagged(MemoryManager::SUMMARY).count()), (None, 1));

    // A pinned one stays.
    memory.pin(id(&memory, 1));
    memory.add_user("u4");
    assert_eq!(compress(&mut memory, 1).await.as_deref(), Some("u3"));
    assert_eq!(compressed(&memory), "s SUM SUM u4");
}

#[tokio::test]
async fn a_failure_or_a_drop_changes_nothing() {
    let mut memory = memory("u1 a1 u2 a2");
    let before = memory.clone();
    let failed = memory.compress(1, |_| async { Err::<String, _>("no model") }).await;
    assert_eq!((failed, &memory), (Err("no model"), &before));
    {
        let never = memory.compress(1, |_| std::future::pending::<Result<String, Infallible>>());
        let mut never = std::pin::pin!(never);
        let waited = tokio::time::timeout(std::time::Duration::ZERO, &mut never).await;
        assert!(waited.is_err());
    }
    assert_eq!(memory, before);
    assert_eq!(memory.add_user("u3").as_u64(), 4, "no id was taken");
}

#[test]
fn compressing_can_move_between_threads() {
    fn is_send(future: impl Future + Send) {
        drop(future);
    }
    let mut memory = MemoryManager::default();
    is_send(memory.compress(1, async |_| Ok::<_, Infallible>(String::new())));
}
