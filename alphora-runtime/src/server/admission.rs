//! How much of the machine requests may take before they are runs.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The unit of the budget, in bytes: a semaphore counts to 2^29 at most on small machines.
const UNIT: usize = 1024;

/// The bytes that all bodies being read and parsed may have together.
pub(super) struct BodyBudget(Arc<Semaphore>);

/// A share of the budget; dropping it gives it back.
#[derive(Default)]
pub(super) struct BodyShare {
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl BodyBudget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.div_ceil(UNIT).clamp(1, Semaphore::MAX_PERMITS))))
    }

    /// Makes `share` at least `bytes` large; `false` if the budget is spent.
    pub(super) fn grow(&self, share: &mut BodyShare, bytes: usize) -> bool {
        if bytes <= share.bytes {
            return true;
        }
        let units = (bytes - share.bytes).div_ceil(UNIT);
        let Some(permit) =
            u32::try_from(units).ok().and_then(|units| self.0.clone().try_acquire_many_owned(units).ok())
        else {
            return false;
        };
        share.bytes += units * UNIT;
        match &mut share.permit {
            Some(held) => held.merge(permit),
            None => share.permit = Some(permit),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_come_back_when_they_are_dropped() {
        let budget = BodyBudget::new(8 * UNIT);
        let (mut one, mut other) = (BodyShare::default(), BodyShare::default());
        assert!(budget.grow(&mut one, 5 * UNIT));
        assert!(budget.grow(&mut one, 100), "a share that is large enough does not grow");
        assert!(!budget.grow(&mut other, 4 * UNIT), "only three units are left");
        assert!(budget.grow(&mut other, 3 * UNIT));
        drop(one);
        assert!(budget.grow(&mut other, 8 * UNIT));
    }
}
