//! What is made of many measurements.

use std::cmp::Ordering;

/// The value in the middle, and of two the greater; the type's default where there is none.
pub fn median<T: PartialOrd + Copy + Default>(values: &[T]) -> T {
    let mut values = values.to_vec();
    values.sort_by(|one, other| one.partial_cmp(other).unwrap_or(Ordering::Equal));
    values.get(values.len() / 2).copied().unwrap_or_default()
}
