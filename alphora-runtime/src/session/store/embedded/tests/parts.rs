//! Keys, headers, and what is undone.

use std::time::Duration;

use proptest::prelude::*;

use super::super::header::{Filed, Header};
use super::super::key;
use super::super::live::{Entry, Held, Live};
use super::{Directory, EmbeddedStore, claim, replace};
use crate::session::store::{Begun, PageRequest, SessionStore, StoreLimits};
use crate::session::{Owner, SessionId, SessionKey};

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!['\0', '\u{1}', '\u{2}', 'a', 'b', 'é']), 0..4)
        .prop_map(String::from_iter)
}

fn any_key() -> impl Strategy<Value = (String, Option<String>, String)> {
    (text(), prop::option::of(text()), "[ab.~]{1,4}")
}

fn made((agent, owner, id): &(String, Option<String>, String)) -> SessionKey {
    let owner = owner.as_deref().map_or(Owner::anonymous(), Owner::named);
    SessionKey::new(agent.as_str(), owner, SessionId::parse(id).unwrap())
}

proptest! {
    #[test]
    fn keys_are_ordered_and_none_is_the_beginning_of_another(one in any_key(), other in any_key()) {
        let (first, second) = (key::encode(&made(&one)), key::encode(&made(&other)));
        prop_assert_eq!(first == second, one == other);
        prop_assert_eq!(first.cmp(&second), one.cmp(&other));
        prop_assert!(one == other || !first.starts_with(&second));

        let prefix = key::of_owner(&one.0, made(&one).owner());
        prop_assert_eq!(key::id(&first, &prefix).map(|id| id.as_str().to_owned()), Some(one.2.clone()));
        let is_below = (&*prefix..&*key::behind(prefix.clone())).contains(&&*second);
        prop_assert_eq!(is_below, (&one.0, &one.1) == (&other.0, &other.1));
        // The same owner with another agent is the same owner.
        let is_same_owner = key::named_owner(&first) == key::named_owner(&second);
        prop_assert_eq!(is_same_owner, one.1 == other.1);
    }

    #[test]
    fn headers_come_back(
        numbers in prop::array::uniform10(any::<u64>()),
        (turn, format, pieces) in any::<(u128, u32, u32)>(),
        (named, filed_named) in any::<(bool, bool)>(),
    ) {
        let [version, stamp, bytes, created, last_used, expires, ttl, written, filed_expires, filed_used] = numbers;
        let filed = Filed { expires: filed_expires, last_used: filed_used, named: filed_named };
        let header = Header {
            version, stamp, turn, format, pieces, bytes, created, last_used, expires, ttl, written, named, filed,
        };
        let encoded = header.encode();
        prop_assert_eq!(Header::decode(&encoded), Some(header));
        prop_assert_eq!(Header::decode(&encoded[1..]), None);
        prop_assert_eq!(Header::decode(&[&encoded, b"x".as_slice()].concat()), None);
    }
}

#[tokio::test]
async fn an_owner_whose_name_goes_on_after_a_zero_is_another() {
    let directory = Directory::new();
    let limits = StoreLimits { owner_sessions: Some(1), ..StoreLimits::default() };
    let store = EmbeddedStore::open(&directory.0, limits).unwrap();
    let owners = ["a", "a\0", "a\0b"].map(Owner::named);
    let of = |owner: &Owner, id: &str| SessionKey::new("agent", owner.clone(), SessionId::parse(id).unwrap());
    for (id, number) in [("first", 0), ("second", 10)] {
        for (owner, turn) in owners.iter().zip(number..) {
            let begun = store.begin(&of(owner, id), &claim(turn)).await.unwrap();
            let Begun::Granted { lease, .. } = begun else { panic!("{begun:?}") };
            store.commit(&of(owner, id), &lease, &replace("x")).await.unwrap();
        }
    }
    let listed = async |owner| {
        let page = PageRequest { after: None, limit: 10 };
        store.list("agent", owner, &page).await.unwrap().sessions.len()
    };
    for owner in &owners {
        assert_eq!(listed(owner).await, 2, "{owner:?}");
    }
    assert_eq!(store.sweep().await, Ok(3));
    for owner in &owners {
        assert_eq!(listed(owner).await, 1, "{owner:?}");
    }
}

#[test]
fn what_is_not_kept_is_as_if_it_had_not_been() {
    let held = |fence| Held { turn: 1, fence, until: Duration::MAX, named: false, preemption: None };
    let entry = |fence| Entry { held: Some(held(fence)), used: None };
    let fence = |live: &Live, key: &key::Key| live.get(key).held.map(|held| held.fence);
    let (one, other): (key::Key, key::Key) = ([1].into(), [2].into());
    let mut live = Live::default();
    live.set(&one, entry(1));
    live.keep();
    live.set(&one, entry(2));
    live.set(&one, entry(3));
    live.set(&other, entry(4));
    live.undo();
    assert_eq!((fence(&live, &one), fence(&live, &other)), (Some(1), None));
    live.set(&one, Entry::default());
    live.keep();
    live.undo();
    assert_eq!(fence(&live, &one), None);
}
