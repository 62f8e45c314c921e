//! What is said of sessions without lending them.

use tokio::time::advance;

use super::*;
use crate::session::store::PageRequest;
use crate::session::{MemoryManager, Owner, SessionError, SessionId, SessionKey};

fn key(agent: &str, owner: &Owner, id: &str) -> SessionKey {
    SessionKey::new(agent, owner.clone(), SessionId::parse(id).unwrap())
}

async fn store(pool: &MemoryPool, key: SessionKey, bytes: usize) {
    pool.get_or_create::<Blob>(key).await.unwrap().commit_here(sized(bytes)).unwrap();
}

fn list(pool: &MemoryPool, agent: &str, owner: &Owner, after: Option<&str>, limit: usize) -> (String, bool) {
    let request = PageRequest { after: after.map(|id| SessionId::parse(id).unwrap()), limit };
    let page = pool.list_here(agent, owner, &request);
    let ids: Vec<_> = page.sessions.iter().map(|summary| summary.id.as_str()).collect();
    (ids.join(" "), page.more)
}

#[tokio::test(start_paused = true)]
async fn a_list_is_of_one_agent_and_one_owner_in_the_order_of_ids() {
    let pool = pool(100);
    pool.keep_directory();
    let owners = [Owner::anonymous(), Owner::named("ann"), Owner::named("")];
    for id in ["b", "a", "~", "-", "A", "9", "aa", "a.b"] {
        for agent in ["one", "two", ""] {
            for owner in &owners {
                store(&pool, key(agent, owner, &format!("{id}{}", agent.len())), 10).await;
            }
        }
    }
    for owner in &owners {
        let all = "-3 93 A3 a.b3 a3 aa3 b3 ~3";
        assert_eq!(list(&pool, "one", owner, None, 8), (all.to_owned(), false));
        assert_eq!(list(&pool, "one", owner, None, 3), ("-3 93 A3".to_owned(), true));
        assert_eq!(list(&pool, "one", owner, Some("A3"), 3), ("a.b3 a3 aa3".to_owned(), true));
        assert_eq!(list(&pool, "one", owner, Some("aa3"), 3), ("b3 ~3".to_owned(), false));
        // The id after which the page begins need not be there.
        assert_eq!(list(&pool, "one", owner, Some("aa4"), 1), ("b3".to_owned(), true));
        assert_eq!(list(&pool, "one", owner, Some("~3"), 1), (String::new(), false));
    }
    assert_eq!(list(&pool, "three", &owners[0], None, 8), (String::new(), false));
    assert_eq!(list(&pool, "one", &Owner::named("an"), None, 8), (String::new(), false));
}

#[tokio::test(start_paused = true)]
async fn what_is_listed_was_committed_and_has_not_expired() {
    let pool = pool(2000);
    pool.keep_directory();
    let owner = Owner::anonymous();
    for id in 1000..2000 {
        store(&pool, key("", &owner, &format!("{id}")), 10).await;
    }
    advance(seconds(60)).await;
    for id in [1300, 1700, 1701] {
        store(&pool, key("", &owner, &format!("{id}")), 10).await;
    }
    advance(seconds(60)).await;
    let _new = pool.get_or_create::<Blob>(key("", &owner, "1500")).await.unwrap();
    let _in_use = pool.get_or_create::<Blob>(key("", &owner, "1700")).await.unwrap();
    assert_eq!(pool.size(), 1000, "nothing has swept");
    assert_eq!(list(&pool, "", &owner, None, 2), ("1300 1700".to_owned(), true));
    assert_eq!(list(&pool, "", &owner, Some("1700"), 2), ("1701".to_owned(), false));
    assert_eq!(pool.size(), 4, "what had expired on the way is gone");
    assert!(pool.remove_here(&key("", &owner, "1700")));
    assert_eq!(list(&pool, "", &owner, None, 9), ("1300 1701".to_owned(), false));
}

#[tokio::test(start_paused = true)]
async fn a_pool_can_be_asked_for_lists_at_any_time() {
    let pool = pool(10);
    let owner = Owner::named("ann");
    store(&pool, key("", &owner, "a"), 10).await;
    assert_eq!(list(&pool, "", &owner, None, 9), (String::new(), false));
    let _new = pool.get_or_create::<Blob>(key("", &owner, "b")).await.unwrap();
    pool.keep_directory();
    pool.keep_directory();
    store(&pool, key("", &owner, "c"), 10).await;
    assert_eq!(list(&pool, "", &owner, None, 9), ("a c".to_owned(), false));
}

#[tokio::test(start_paused = true)]
async fn times_and_versions_are_those_of_the_turns() {
    let pool = pool(10);
    let key = key("agent", &Owner::named("ann"), "a");
    assert_eq!(pool.read_here(&key), Ok(None));
    let first = pool.get_or_create::<Blob>(&key).await.unwrap();
    assert_eq!(pool.read_here(&key), Ok(None), "nothing was committed");
    advance(seconds(5)).await;
    first.commit_here(sized(10)).unwrap();
    let begun = pool.read_here(&key).unwrap().unwrap().summary;
    assert_eq!((begun.version, begun.bytes, begun.last_used), (1, 10, begun.created));
    assert_eq!(begun.expires, begun.created + seconds(100));
    let made = std::time::SystemTime::now();
    assert!(begun.created > made && begun.created <= made + seconds(6), "on the clock on the wall");

    advance(seconds(50)).await;
    assert_eq!(pool.read_here(&key).unwrap().unwrap().summary, begun, "to look at it is no use");
    let turn = pool.get_or_create::<Blob>(&key).await.unwrap();
    advance(seconds(70)).await;
    let lent = pool.read_here(&key).unwrap().unwrap().summary;
    assert_eq!((lent.version, lent.created, lent.last_used), (1, begun.created, begun.created + seconds(50)));
    turn.commit_here(sized(20)).unwrap();
    let later = pool.read_here(&key).unwrap().unwrap().summary;
    assert_eq!((later.version, later.bytes, later.created), (2, 20, begun.created));
    assert_eq!(later.last_used, begun.created + seconds(120));

    advance(seconds(101)).await;
    assert_eq!(pool.read_here(&key), Ok(None), "it has expired");
    store(&pool, key.clone(), 10).await;
    let anew = pool.read_here(&key).unwrap().unwrap().summary;
    assert_eq!((anew.version, anew.created), (1, later.last_used + seconds(101)));
}

#[tokio::test(start_paused = true)]
async fn sessions_for_ever_have_an_end_that_can_be_said() {
    let pool = MemoryPool::new(Duration::MAX, 10);
    let key = key("", &Owner::anonymous(), "a");
    store(&pool, key.clone(), 10).await;
    let summary = pool.read_here(&key).unwrap().unwrap().summary;
    assert_eq!(summary.expires, summary.last_used + seconds(100 * 365 * 24 * 3600));
}

#[tokio::test(start_paused = true)]
async fn what_is_read_is_the_memory_as_it_would_be_stored() {
    let pool = pool(10);
    let mut memory = MemoryManager::default();
    memory.add_user("hi");
    pool.get_or_create("a").await.unwrap().commit_here(memory.clone()).unwrap();
    let stored = pool.read_here(&"a".try_into().unwrap()).unwrap().unwrap();
    assert_eq!(stored.record.format, MemoryManager::VERSION);
    assert_eq!(stored.record.bytes(), stored.summary.bytes);
    assert_eq!(crate::session::encoding::decode(&stored.record), Ok(memory));
}

/// A memory that calls its pool while it is written, or cannot be written.
#[derive(Clone, Default, Deserialize)]
struct Busy {
    #[serde(skip)]
    pool: Option<MemoryPool>,
}

impl Serialize for Busy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.pool {
            Some(pool) => serializer.serialize_u64(pool.size() as u64),
            None => Err(serde::ser::Error::custom("not now")),
        }
    }
}

impl Memory for Busy {
    fn stored_bytes(&self) -> usize {
        1
    }
}

#[tokio::test(start_paused = true)]
async fn memories_are_written_outside_the_lock() {
    let pool = pool(10);
    let key = SessionKey::try_from("a").unwrap();
    let busy = Busy { pool: Some(pool.clone()) };
    pool.get_or_create(&key).await.unwrap().commit_here(busy).unwrap();
    let snapshot = pool.read_here(&key).unwrap().unwrap().record.snapshot;
    assert_eq!(snapshot, "1");
    pool.get_or_create(&key).await.unwrap().commit_here(Busy::default()).unwrap();
    let SessionError::Unwritable { reason } = pool.read_here(&key).unwrap_err() else { panic!() };
    assert!(reason.ends_with("Busy`: not now"), "{reason}");
}
