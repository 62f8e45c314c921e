//! The checks of a session store, one idea a file.

pub(super) mod begin;
pub(super) mod busy;
pub(super) mod change;
pub(super) mod fences;
pub(super) mod known;
pub(super) mod replay;

pub(super) mod expired_lease;
pub(super) mod preempt;
pub(super) mod release;
pub(super) mod renew;

pub(super) mod delete;
pub(super) mod expiry;
pub(super) mod forever;
pub(super) mod in_use;
pub(super) mod placeholder;
pub(super) mod sweep;
pub(super) mod too_large;

pub(super) mod listing;
pub(super) mod names;
pub(super) mod reading;
pub(super) mod statistics;
pub(super) mod touching;

pub(super) mod drop_midway;
pub(super) mod races;
pub(super) mod short_leases;
