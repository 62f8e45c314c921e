//! No call looks at more sessions because there are more.

use tokio::time::advance;

use super::super::entry::Entry;
use super::super::order::Links;
use super::*;
use crate::session::store::PageRequest;
use crate::session::{Owner, SessionId, SessionKey};

/// How many sessions and owners one call looks at.
fn visits<R>(pool: &MemoryPool, call: impl FnOnce() -> R) -> (R, u64) {
    let count = || pool.locked(|state, _| state.entries.visits.get() + state.owners.visits());
    let before = count();
    let result = call();
    (result, count() - before)
}

/// The costs of all calls in a full pool of `sessions` that are all of one owner, in sessions that were looked at.
async fn costs(sessions: usize, owner: &Owner) -> Vec<(&'static str, u64)> {
    let pool = pool(sessions).with_max_owner_items(sessions);
    pool.keep_directory();
    let key = |id: &str| SessionKey::new("", owner.clone(), SessionId::parse(id).unwrap());
    for session in 0..sessions {
        let lease = pool.get_or_create(key(&session.to_string())).await.unwrap();
        lease.commit_here(sized(8)).unwrap();
        advance(Duration::from_micros(1)).await;
    }
    let middle = (sessions / 2).to_string();
    let get = |id: &str| poll_once(&mut Box::pin(pool.get_or_create::<Blob>(key(id)))).unwrap().unwrap();

    let (lease, hit) = visits(&pool, || get(&middle));
    let (_, commit) = visits(&pool, || lease.commit_here(sized(9)));
    let lease = get(&middle);
    let ((), rollback) = visits(&pool, || drop(lease));
    let (lease, evicting) = visits(&pool, || get("new"));
    let (_, first_commit) = visits(&pool, || lease.commit_here(sized(9)));
    let (_, unnamed) = visits(&pool, || pool.insert_unnamed_here(key("unnamed"), sized(9)));
    let (_, remove) = visits(&pool, || pool.remove_here(&key(&middle)));
    let request = PageRequest { after: Some(key(&middle).id().clone()), limit: 10 };
    let (page, listing) = visits(&pool, || pool.list_here("", owner, &request));
    assert_eq!((page.sessions.len(), page.more), (10, true));
    let (_, read) = visits(&pool, || pool.read_here(&key("0")));
    let (removed, nothing) = visits(&pool, || pool.clean_expired());
    assert_eq!(removed, 0);

    let (last, before_last) = ((sessions - 1).to_string(), (sessions - 2).to_string());
    advance(seconds(90)).await;
    drop((get(&last), get(&before_last)));
    advance(seconds(90)).await;
    let left = 2;
    let expired = pool.size() - left;
    let (removed, sweep) = visits(&pool, || pool.clean_expired());
    assert_eq!((removed, pool.size()), (expired, left));
    let calls = [
        ("hit", hit),
        ("commit", commit),
        ("rollback", rollback),
        ("evicting insert", evicting),
        ("first commit", first_commit),
        ("insert unnamed", unnamed),
        ("remove", remove),
        ("page of ten", listing),
        ("read", read),
        ("sweep of nothing", nothing),
        ("sweep, per session", sweep / removed as u64),
    ];
    calls.to_vec()
}

#[tokio::test(start_paused = true)]
async fn no_call_looks_at_more_sessions_because_there_are_more() {
    for (owner, most) in [(Owner::anonymous(), 25), (Owner::named("ann"), 50)] {
        let few = costs(1_000, &owner).await;
        let many = costs(30_000, &owner).await;
        assert_eq!(few, many);
        for (call, visits) in few {
            assert!(visits <= most, "{call} looks at {visits} sessions of {owner:?}");
        }
    }
}

#[test]
fn what_a_session_takes_besides_its_memory_is_known() {
    // Its key with a hash, its memory's handle, its turns, its places in lists.
    let (entry, links) = (size_of::<Entry>(), size_of::<Links>());
    assert_eq!(links, 8);
    assert!(entry <= 288, "{entry} bytes");
}
