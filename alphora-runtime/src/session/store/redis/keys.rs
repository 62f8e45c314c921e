//! Under which keys everything is kept, so that what belongs together is in one place of a cluster.

use std::fmt::Write as _;

use crate::session::store::{LimitAccount, RunKey};
use crate::session::{Owner, SessionId, SessionKey};

/// Into how many buckets the sessions are divided, and so over how many primaries of a cluster they can be spread.
/// A list, statistics and a sweep ask each bucket. The number is part of the format.
pub(super) const BUCKETS: u64 = 64;

/// The keys of one installation of this store.
#[derive(Debug)]
pub(super) struct Keys {
    prefix: String,
    buckets: Vec<Vec<String>>,
}

/// The lists of a bucket, in the order in which the scripts expect them.
const LISTS: [&str; 7] = ["counters", "names", "named", "unnamed", "expiry", "sizes", "owners"];

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        let lists = |bucket| LISTS.iter().map(move |list| format!("{{{prefix}:{bucket}}}:{list}"));
        Self {
            prefix: prefix.to_owned(),
            buckets: (0..BUCKETS).map(|bucket| lists(bucket).collect()).collect(),
        }
    }

    /// Where a session is.
    pub(super) fn place(&self, key: &SessionKey) -> Place<'_> {
        self.place_of_member(member(key.agent(), key.owner(), key.id()))
    }

    pub(super) fn place_of_member(&self, member: String) -> Place<'_> {
        let bucket = bucket(&member);
        let session = format!("{{{}:{bucket}}}:s:{member}", self.prefix);
        Place { lists: self.lists(bucket), session, member }
    }

    /// The lists of each bucket.
    pub(super) fn all_lists(&self) -> impl Iterator<Item = &[String]> {
        self.buckets.iter().map(Vec::as_slice)
    }

    /// The lists of one bucket.
    pub(super) fn lists(&self, bucket: u64) -> &[String] {
        usize::try_from(bucket).ok().and_then(|bucket| self.buckets.get(bucket)).map_or(&[], Vec::as_slice)
    }

    /// The keys of a run's log: what is known of it, and its events.
    pub(super) fn run(&self, run: &RunKey) -> [String; 2] {
        let name = format!("{{{}:r:{}{:032x}}}", self.prefix, names_before(&run.agent, &run.owner), run.run);
        [format!("{name}:state"), format!("{name}:events")]
    }

    /// The key of a claim.
    pub(super) fn claim(&self, key: &RunKey) -> String {
        format!("{{{}:c:{}{:032x}}}:claim", self.prefix, names_before(&key.agent, &key.owner), key.run)
    }

    /// The keys of an account: its buckets, and its places.
    pub(super) fn limits(&self, account: &LimitAccount) -> [String; 2] {
        let mut name = format!("{{{}:l:", self.prefix);
        encode(&account.key(), &mut name);
        [format!("{name}}}:rates"), format!("{name}}}:places")]
    }

    /// Where the start-up check writes.
    pub(super) fn probe(&self) -> String {
        format!("{{{}:0}}:probe", self.prefix)
    }

    /// Held by the process that removes what is over the limits.
    pub(super) fn sweeping(&self) -> String {
        format!("{{{}:0}}:sweeping", self.prefix)
    }

    /// Where the version of this format is noted.
    pub(super) fn format(&self) -> String {
        format!("{{{}:0}}:format", self.prefix)
    }
}

/// Where a session is: the lists of its bucket, its own key, and its name in the lists.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) lists: &'a [String],
    pub(super) session: String,
    pub(super) member: String,
}

/// The bucket of a session.
pub(super) fn bucket(member: &str) -> u64 {
    // FNV-1a with 64 bits: every process, of every version, has to come to the same bucket.
    let hash = member.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ (hash >> 32)) % BUCKETS
}

/// A session's name in the lists. In the order of these names, the sessions of one owner stand together, and of
/// those the ones with one agent, in the order of their ids.
fn member(agent: &str, owner: &Owner, id: &SessionId) -> String {
    let mut member = names_before(agent, owner);
    member.push_str(id.as_str());
    member
}

/// What all names of one owner's sessions with one agent begin with.
pub(super) fn names_before(agent: &str, owner: &Owner) -> String {
    let mut names = names_of_owner(owner);
    encode(agent, &mut names);
    names.push('/');
    names
}

/// What all names of one owner's sessions begin with.
pub(super) fn names_of_owner(owner: &Owner) -> String {
    let mut names = String::from("-");
    if let Some(name) = owner.name() {
        // Nobody in particular is not somebody without a name.
        "=".clone_into(&mut names);
        encode(name, &mut names);
    }
    names.push('/');
    names
}

/// What is higher than all names that begin with these, which end with a separator, and not higher than any other.
pub(super) fn end_of(names: &str) -> String {
    let mut end = names.trim_end_matches('/').to_owned();
    end.push('0');
    end
}

/// Writes a name so that it has neither the separator nor a brace, which a cluster would take for its own.
fn encode(name: &str, to: &mut String) {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-') {
            to.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(to, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_two_sessions_have_one_name(
            sessions in proptest::collection::hash_set((".{0,4}", proptest::option::of(".{0,4}"), "[a-z.:~-]{1,2}"), 1..40)
        ) {
            let names: HashSet<String> = sessions
                .iter()
                .map(|(agent, owner, id)| {
                    let owner = owner.as_ref().map_or_else(Owner::anonymous, |owner| Owner::named(owner.as_str()));
                    member(agent, &owner, &SessionId::parse(id).unwrap())
                })
                .collect();
            prop_assert_eq!(names.len(), sessions.len());
        }

        #[test]
        fn a_key_has_one_pair_of_braces(agent in ".*", owner in ".*") {
            let keys = Keys::new("alphora");
            let key = SessionKey::new(agent, Owner::named(owner), SessionId::parse("a:b").unwrap());
            let place = keys.place(&key);
            for key in place.lists.iter().chain([&place.session]) {
                prop_assert_eq!((key.matches('{').count(), key.matches('}').count()), (1, 1));
                prop_assert!(key.starts_with("{alphora:"), "the tag comes first");
            }
        }
    }

    #[test]
    fn buckets_are_used_alike_and_stay_what_they_are() {
        let mut counts = vec![0_u32; 64];
        for number in 0..64_000 {
            counts[usize::try_from(bucket(&format!("-/Support/user-{number}"))).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (800..1_200).contains(count)), "{counts:?}");
        // Stored sessions are where these numbers say.
        assert_eq!([bucket("-/Support/user-001"), bucket("=a/B/c"), bucket("-//x")], [5, 12, 44]);
    }
}
