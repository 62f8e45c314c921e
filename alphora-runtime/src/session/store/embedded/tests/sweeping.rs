//! Sweeping many sessions, and whether the tables agree with each other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redb::{ReadableDatabase, ReadableTableMetadata};

use super::super::key as keys;
use super::super::tables::{EXPIRIES, META_BYTES, META_SESSIONS, OWNERS, PIECES, SESSIONS, USES, number};
use super::super::work::{decode, record};
use super::restart::open_at;
use super::{Directory, EmbeddedStore, claim, replace};
use crate::session::store::{Begun, Commit, SessionStore, StoreLimits};
use crate::session::{Owner, SessionId, SessionKey};

/// Looks at everything in the file.
pub(super) fn audit(store: &EmbeddedStore) {
    let database = store.shared.database();
    let transaction = database.as_ref().unwrap().begin_read().unwrap();
    let sessions = transaction.open_table(SESSIONS).unwrap();
    let pieces = transaction.open_table(PIECES).unwrap();
    let expiries = transaction.open_table(EXPIRIES).unwrap();
    let uses = transaction.open_table(USES).unwrap();
    let mut owners: BTreeMap<Vec<u8>, (u64, u64)> = BTreeMap::new();
    let (mut count, mut bytes, mut stored_pieces, mut filed) = (0, 0, 0, 0);
    for session in sessions.range::<&[u8]>(..).unwrap() {
        let (key, header) = session.unwrap();
        let header = decode(header.value()).unwrap();
        assert_eq!(record(&pieces, key.value(), &header).unwrap().bytes(), header.bytes);
        let expiry = [&header.filed.expires.to_be_bytes(), key.value()].concat();
        assert!(expiries.get(&*expiry).unwrap().is_some());
        assert!(header.filed.expires <= header.expires.max(store.shared.clock.now().wall + (1 << 42)));
        let order = [&[u8::from(header.filed.named)], &header.filed.last_used.to_be_bytes()[..], key.value()];
        let order = order.concat();
        let owner = keys::named_owner(key.value());
        for scope in [Some(vec![0]), owner.map(|owner| [&[1], owner].concat())].into_iter().flatten() {
            assert!(uses.get(&*[scope, order.clone()].concat()).unwrap().is_some());
            filed += 1;
        }
        if let Some(owner) = owner {
            let total = owners.entry(owner.to_vec()).or_default();
            *total = (total.0 + 1, total.1 + header.bytes);
        }
        count += 1;
        bytes += header.bytes;
        stored_pieces += u64::from(header.pieces);
    }
    assert_eq!(number(&transaction, META_SESSIONS).unwrap(), count);
    assert_eq!(number(&transaction, META_BYTES).unwrap(), bytes);
    assert_eq!((pieces.len().unwrap(), expiries.len().unwrap()), (stored_pieces, count));
    assert_eq!(uses.len().unwrap(), filed);
    let totals = transaction.open_table(OWNERS).unwrap();
    let totals = totals.range::<&[u8]>(..).unwrap().map(|owner| {
        let (owner, total) = owner.unwrap();
        (owner.value().to_vec(), total.value())
    });
    assert_eq!(totals.collect::<BTreeMap<_, _>>(), owners);
}

async fn commit(store: &EmbeddedStore, owner: &Owner, id: usize, ttl: Duration) {
    let key = SessionKey::new("agent", owner.clone(), SessionId::parse(&format!("s{id}")).unwrap());
    let Begun::Granted { lease, .. } = store.begin(&key, &claim(id as u128)).await.unwrap() else { panic!() };
    store.commit(&key, &lease, &Commit { ttl, ..replace("ten bytes!") }).await.unwrap();
}

/// Many at once, so that few transactions are waited for.
async fn fill(store: &Arc<EmbeddedStore>, owner: &Owner, ids: std::ops::Range<usize>, ttl: Duration) {
    let mut turns = tokio::task::JoinSet::new();
    for id in ids {
        let (store, owner) = (store.clone(), owner.clone());
        turns.spawn(async move { commit(&store, &owner, id, ttl).await });
    }
    turns.join_all().await;
}

#[tokio::test]
async fn what_has_expired_goes_in_several_transactions() {
    let time = Arc::new(AtomicU64::new(1_000_000));
    let directory = Directory::new();
    let store = Arc::new(open_at(&directory.0, &time));
    let owner = Owner::named("somebody");
    fill(&store, &owner, 0..1_200, Duration::from_secs(10)).await;
    fill(&store, &Owner::anonymous(), 0..50, Duration::from_secs(100)).await;
    audit(&store);
    time.fetch_add(11_000, Ordering::SeqCst);
    let before = store.transactions();
    assert_eq!(store.sweep().await, Ok(1_200));
    assert_eq!(store.transactions() - before, 3, "500, 500 and 200");
    audit(&store);
    assert_eq!(store.statistics().await.unwrap().sessions, 50);
    let before = store.transactions();
    assert_eq!((store.sweep().await, store.transactions()), (Ok(0), before));
}

#[tokio::test]
async fn limits_that_are_lowered_hold_for_owners_who_were_there_before() {
    let directory = Directory::new();
    let store = directory.open();
    for (number, count) in [("one", 30), ("two", 5), ("three", 12)] {
        fill(&store, &Owner::named(number), 0..count, Duration::from_secs(1_000)).await;
    }
    drop(store);
    let limits = StoreLimits { owner_sessions: Some(10), ..StoreLimits::default() };
    let store = EmbeddedStore::open(&directory.0, limits).unwrap();
    assert_eq!(store.sweep().await, Ok(22));
    audit(&store);
    assert_eq!(store.statistics().await.unwrap().sessions, 25);
    drop(store);
    let limits = StoreLimits { bytes: Some(100), ..StoreLimits::default() };
    let store = EmbeddedStore::open(&directory.0, limits).unwrap();
    assert_eq!(store.sweep().await, Ok(15));
    audit(&store);
}
