//! Digests, arranged so that every search among them takes the same steps.

use std::hash::{BuildHasher, RandomState};

use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::digest::Digest;

/// The digests of one bucket. Every search compares all of them, and there is no bucket that has fewer.
const WIDTH: usize = 16;

/// Finds the number of a digest, in the same number of instructions whatever it is and whether it is there.
///
/// What is searched for is compared with every digest of one bucket, all bits of each, and none of it ends early: so
/// how long it takes says neither how much of a digest was right nor where it stands. Up to 16 digests are one bucket,
/// and each search compares all of them. Where there are more, the bucket is chosen by a keyed hash of *what is
/// searched for*, which whoever asks knows anyway and which no stored digest has any part in; the digests of the other
/// buckets are known not to be equal, because equal digests have one bucket. Comparing with all of ten thousand would
/// say no less and cost each request several times what all else of it costs.
pub(super) struct DigestTable {
    /// One bucket after the other, filled up with places that stand for nobody. Their number is a power of two.
    places: Box<[[Place; WIDTH]]>,
    hasher: RandomState,
}

#[derive(Clone, Copy)]
struct Place {
    digest: Digest,
    number: u32,
}

impl DigestTable {
    /// What is found where there is nothing to find.
    pub(super) const NOBODY: u32 = 0;

    /// Each digest with its number, which is not [`NOBODY`](Self::NOBODY). No digest may be there twice.
    pub(super) fn new(digests: &[(Digest, u32)]) -> Self {
        let hasher = RandomState::new();
        // At most a quarter full on average; with a hash that nobody can foresee, more than four times as many in one bucket
        // are so rare that there is no second try among thousands of digests.
        let mut buckets = if digests.len() <= WIDTH { 1 } else { (digests.len() / 4).next_power_of_two() };
        loop {
            if let Some(places) = fill(digests, buckets, &hasher) {
                return Self { places, hasher };
            }
            buckets *= 2;
        }
    }

    pub(super) fn find(&self, digest: &Digest) -> u32 {
        let mut found = Self::NOBODY;
        for place in self.places.get(bucket(digest, self.places.len(), &self.hasher)).into_iter().flatten() {
            found.conditional_assign(&place.number, place.digest.ct_eq(digest));
        }
        found
    }
}

/// The buckets, unless one of them has too many.
fn fill(digests: &[(Digest, u32)], buckets: usize, hasher: &RandomState) -> Option<Box<[[Place; WIDTH]]>> {
    let nobody = Place { digest: Digest::default(), number: DigestTable::NOBODY };
    let mut places = vec![[nobody; WIDTH]; buckets];
    let mut lengths = vec![0; buckets];
    for (digest, number) in digests {
        let bucket = bucket(digest, buckets, hasher);
        *places.get_mut(bucket)?.get_mut(*lengths.get(bucket)?)? = Place { digest: *digest, number: *number };
        *lengths.get_mut(bucket)? += 1;
    }
    Some(places.into())
}

fn bucket(digest: &Digest, buckets: usize, hasher: &RandomState) -> usize {
    // The number of buckets is a power of two, so this is a mask and the low bits of the hash.
    #[expect(clippy::cast_possible_truncation, reason = "only the low bits count")]
    let hash = hasher.hash_one(digest) as usize;
    hash & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digest_is_found_and_no_other() {
        for count in [0, 1, 2, 16, 17, 100, 10_000_u32] {
            let digests: Vec<_> =
                (1..=count).map(|number| (Digest::of(&format!("key {number}")), number)).collect();
            let table = DigestTable::new(&digests);
            for (digest, number) in &digests {
                assert_eq!(table.find(digest), *number);
            }
            for number in 0..1000 {
                assert_eq!(table.find(&Digest::of(&format!("other {number}"))), DigestTable::NOBODY);
            }
            assert_eq!(table.find(&Digest::default()), DigestTable::NOBODY, "what fills a bucket is nobody");
        }
    }

    #[test]
    fn one_bit_is_a_difference_wherever_it_is() {
        let digest = Digest::of("a");
        let table = DigestTable::new(&[(digest, 7)]);
        let hex = digest.to_hex();
        assert_eq!(Digest::from_hex(&hex), Some(digest));
        for at in 0..64 {
            let digit = u8::from_str_radix(&hex[at..=at], 16).unwrap();
            for bit in 0..4 {
                let other = format!("{}{:x}{}", &hex[..at], digit ^ (1 << bit), &hex[at + 1..]);
                assert_eq!(table.find(&Digest::from_hex(&other).unwrap()), DigestTable::NOBODY);
            }
        }
    }
}
