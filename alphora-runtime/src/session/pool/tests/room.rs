//! Which sessions go when there is no room, and when there is none to be had.

use tokio::time::advance;

use super::*;
use crate::session::SessionError;

const FULL: SessionError = SessionError::Capacity { retry_after: seconds(5) };

#[tokio::test(start_paused = true)]
async fn the_least_recently_used_session_makes_room_at_once() {
    let pool = pool(3);
    for id in ["a", "b", "c"] {
        store(&pool, id, blob(1)).await;
    }
    drop(take(&pool, "a").await);
    store(&pool, "d", blob(1)).await;
    assert_eq!(present(&pool, &["a", "b", "c", "d"]), ["a", "c", "d"]);
    assert_eq!(pool.size(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_session_in_use_keeps_its_place() {
    let pool = pool(2);
    store(&pool, "a", blob(1)).await;
    let oldest = take(&pool, "a").await;
    store(&pool, "b", blob(2)).await;
    store(&pool, "c", blob(3)).await;
    assert_eq!(present(&pool, &["a", "b", "c"]), ["a", "c"]);
    oldest.commit_here(blob(4)).unwrap();
    assert_eq!(take(&pool, "a").await.memory(), blob(4));
}

#[tokio::test(start_paused = true)]
async fn when_all_are_in_use_there_is_no_room() {
    let pool = pool(2);
    store(&pool, "a", blob(1)).await;
    let (old, _new) = (take(&pool, "a").await, take(&pool, "b").await);
    let refused = pool.get_or_create::<Blob>("c").await.unwrap_err();
    assert_eq!(refused, FULL);
    assert_eq!(
        refused.to_string(),
        "there is no room for this session while all others are in use; try again in 5s"
    );
    drop(old);
    assert!(take(&pool, "c").await.is_new());
    assert_eq!(present(&pool, &["a", "b", "c"]), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn a_pool_for_no_sessions_has_no_room() {
    assert_eq!(pool(0).get_or_create::<Blob>("a").await.unwrap_err(), FULL);
    assert_eq!(pool(0).insert_unnamed_here("a", blob(1)), Ok(false));
}

#[tokio::test(start_paused = true)]
async fn sessions_that_no_client_named_go_first() {
    let pool = pool(3);
    store(&pool, "named", blob(1)).await;
    assert_eq!(pool.insert_unnamed_here("u1", blob(1)), Ok(true));
    assert_eq!(pool.insert_unnamed_here("u2", blob(1)), Ok(true));
    store(&pool, "b", blob(1)).await;
    assert_eq!(present(&pool, &["named", "u1", "u2", "b"]), ["named", "u2", "b"]);

    // One takes the place of another, and never that of one that a client named.
    assert_eq!(pool.insert_unnamed_here("u3", blob(1)), Ok(true));
    assert_eq!(present(&pool, &["named", "u2", "u3", "b"]), ["named", "u3", "b"]);
    store(&pool, "c", blob(1)).await;
    assert_eq!(pool.insert_unnamed_here("u4", blob(1)), Ok(false));
    assert_eq!(present(&pool, &["named", "u3", "u4", "b", "c"]), ["named", "b", "c"]);

    // An expired one is no session any more, whoever named it.
    advance(seconds(101)).await;
    assert_eq!(pool.insert_unnamed_here("u5", blob(1)), Ok(true));
    assert_eq!(present(&pool, &["named", "b", "c", "u5"]), ["b", "c", "u5"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_uses_an_unnamed_session_names_it() {
    let pool = pool(2);
    assert_eq!(pool.insert_unnamed_here("u1", blob(7)), Ok(true));
    // To look at it is to name it.
    assert_eq!(take(&pool, "u1").await.memory(), blob(7));
    assert_eq!(pool.insert_unnamed_here("u2", blob(8)), Ok(true));
    store(&pool, "a", blob(1)).await;
    assert_eq!(present(&pool, &["u1", "u2", "a"]), ["u1", "a"]);
}

#[tokio::test(start_paused = true)]
async fn an_unnamed_session_overwrites_nothing() {
    let pool = pool(2);
    store(&pool, "a", blob(7)).await;
    assert_eq!(pool.insert_unnamed_here("a", blob(8)), Err(SessionError::Taken));
    let first_turn = take(&pool, "b").await;
    assert_eq!(pool.insert_unnamed_here("b", blob(8)), Err(SessionError::Taken));
    drop(first_turn);
    assert_eq!(take(&pool, "a").await.memory(), blob(7));
}

#[tokio::test(start_paused = true)]
async fn one_session_has_a_cap() {
    let pool = pool(10);
    store(&pool, "a", blob(7)).await;
    let (limit, bytes) = (8 << 20, (8 << 20) + 1);
    let refused = take(&pool, "a").await.commit_here(sized(bytes - 1)).unwrap_err();
    assert_eq!(refused, SessionError::TooLarge { bytes, limit }, "the key counts, too");
    assert_eq!(
        refused.to_string(),
        "the memory of this session would take 8388609 bytes, and it may take 8388608: start a new session, or \
         let the agent keep less"
    );
    assert_eq!(take(&pool, "a").await.memory(), blob(7));
    store(&pool, "a", sized(limit - 1)).await;
    assert_eq!(pool.bytes(), limit);

    let pool = pool.with_max_session_bytes(100);
    assert_eq!(
        pool.insert_unnamed_here("u", sized(100)),
        Err(SessionError::TooLarge { bytes: 101, limit: 100 })
    );
    let unstorable = take(&pool, "u").await.commit_here(sized(usize::MAX)).unwrap_err();
    assert_eq!(unstorable, SessionError::TooLarge { bytes: usize::MAX, limit: 100 });
}

#[tokio::test(start_paused = true)]
async fn all_sessions_together_have_a_cap() {
    let pool = pool(10).with_max_bytes(100);
    store(&pool, "a", sized(39)).await;
    store(&pool, "b", sized(39)).await;
    assert_eq!(pool.insert_unnamed_here("u", sized(19)), Ok(true));
    assert_eq!(pool.bytes(), 100);
    // The unnamed one goes, then the oldest.
    store(&pool, "c", sized(49)).await;
    assert_eq!((present(&pool, &["a", "b", "u", "c"]), pool.bytes()), (vec!["b", "c"], 90));
    // What a session took before makes room for itself.
    store(&pool, "c", sized(59)).await;
    assert_eq!((present(&pool, &["b", "c"]), pool.bytes()), (vec!["b", "c"], 100));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_evicted_in_vain() {
    let pool = pool(10).with_max_bytes(100);
    store(&pool, "a", sized(9)).await;
    store(&pool, "b", sized(59)).await;
    let in_use = take(&pool, "b").await;
    let refused = take(&pool, "c").await.commit_here(sized(49)).unwrap_err();
    assert_eq!(refused, FULL);
    assert_eq!(present(&pool, &["a", "b", "c"]), ["a", "b"]);
    assert_eq!(pool.insert_unnamed_here("u", sized(39)), Ok(false));
    assert_eq!(present(&pool, &["a", "b", "u"]), ["a", "b"]);
    drop(in_use);
    store(&pool, "c", sized(49)).await;
    assert_eq!(present(&pool, &["a", "b", "c"]), ["c"]);
}

#[tokio::test(start_paused = true)]
async fn settings_hold_for_every_handle() {
    let pool = pool(10);
    let same = pool.clone();
    let _ = pool.with_max_session_bytes(10).with_queue(0, seconds(1));
    assert!(matches!(
        take(&same, "a").await.commit_here(sized(10)),
        Err(SessionError::TooLarge { limit: 10, .. })
    ));
}
