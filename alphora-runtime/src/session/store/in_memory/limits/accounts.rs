//! All accounts, and which of them goes next.

use std::collections::{BTreeMap, HashMap};

use super::account::Account;
use crate::session::store::LimitAccount;

/// Accounts that have not recovered, bounded in number.
///
/// An account stays where it is while it is used, and so does its note of when it ends: one that turns out to be too
/// early when its time comes is written anew. So what every request does is to find its account and to add to it.
#[derive(Debug)]
pub(super) struct Accounts {
    most: usize,
    /// The last number that was given away.
    last: u64,
    known: HashMap<LimitAccount, (Account, Order)>,
    /// In the order in which there is nothing more to be known of them, as far as was noted.
    ending: BTreeMap<Order, LimitAccount>,
}

/// When an account ends, and its number among those that end at the same time.
type Order = (u64, u64);

impl Accounts {
    pub(super) fn new(most: usize) -> Self {
        Self { most, last: 0, known: HashMap::new(), ending: BTreeMap::new() }
    }

    /// Does something to an account, which begins anew if nothing is known of it.
    pub(super) fn with<T>(
        &mut self,
        name: &LimitAccount,
        now: u64,
        action: impl FnOnce(&mut Account) -> T,
    ) -> T {
        self.forget_ended(now);
        if let Some((account, order)) = self.known.get_mut(name) {
            let result = action(account);
            if account.ends() <= now {
                self.ending.remove(order);
                self.known.remove(name);
            }
            return result;
        }
        let mut account = Account::default();
        let result = action(&mut account);
        if account.ends() > now {
            while self.known.len() >= self.most && self.forget_first() {}
            let order = self.order(account.ends());
            self.ending.insert(order, name.clone());
            self.known.insert(name.clone(), (account, order));
        }
        result
    }

    /// Forgets what is equal to nothing.
    fn forget_ended(&mut self, now: u64) {
        while let Some((first, _)) = self.ending.first_key_value()
            && first.0 <= now
        {
            self.forget_first();
        }
    }

    /// Of too many, the one goes that would soonest have gone anyway: least is forgotten with it. One that was used
    /// since its end was noted is noted anew instead. Whether there was any.
    fn forget_first(&mut self) -> bool {
        let Some((noted, name)) = self.ending.pop_first() else { return false };
        let ends = self.known.get(&name).map_or(0, |(account, _)| account.ends());
        if ends <= noted.0 {
            self.known.remove(&name);
            return true;
        }
        let order = self.order(ends);
        if let Some((_, noted)) = self.known.get_mut(&name) {
            *noted = order;
        }
        self.ending.insert(order, name);
        true
    }

    fn order(&mut self, ends: u64) -> Order {
        self.last += 1;
        (ends, self.last)
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        assert_eq!(self.known.len(), self.ending.len());
        self.known.len()
    }
}
