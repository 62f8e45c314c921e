//! No call looks at more sessions because there are more.

use tokio::time::advance;

use super::*;

/// How many sessions one call looks at.
fn visits<R>(pool: &MemoryPool, call: impl FnOnce() -> R) -> (R, u64) {
    let count = || pool.locked(|state, _| state.entries.visits.get());
    let before = count();
    let result = call();
    (result, count() - before)
}

/// The costs of all calls in a full pool of `sessions`, in sessions that were looked at.
async fn costs(sessions: usize) -> Vec<(&'static str, u64)> {
    let pool = pool(sessions);
    for session in 0..sessions {
        // As `store`, but without a second look at what each of them costs.
        store(&pool, &session.to_string(), sized(8)).await;
        advance(Duration::from_micros(1)).await;
    }
    let middle = (sessions / 2).to_string();
    let get = |id: &str| poll_once(&mut Box::pin(pool.get_or_create::<Blob>(id))).unwrap().unwrap();

    let (lease, hit) = visits(&pool, || get(&middle));
    let (_, commit) = visits(&pool, || lease.commit(sized(9)));
    let lease = get(&middle);
    let ((), rollback) = visits(&pool, || drop(lease));
    let (lease, evicting) = visits(&pool, || get("new"));
    let (_, first_commit) = visits(&pool, || lease.commit(sized(9)));
    let (_, unnamed) = visits(&pool, || pool.insert_unnamed("unnamed", sized(9)));
    let (_, remove) = visits(&pool, || pool.remove(&middle.as_str().try_into().unwrap()));
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
        ("sweep of nothing", nothing),
        ("sweep, per session", sweep / removed as u64),
    ];
    calls.to_vec()
}

#[tokio::test(start_paused = true)]
async fn no_call_looks_at_more_sessions_because_there_are_more() {
    let few = costs(1_000).await;
    let many = costs(30_000).await;
    assert_eq!(few, many);
    for (call, visits) in few {
        assert!(visits <= 20, "{call} looks at {visits} sessions");
    }
}
