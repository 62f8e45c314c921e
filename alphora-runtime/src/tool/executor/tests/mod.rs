//! What comes of calls: every kind of failure, several calls at once, hooks, and runs that end.

mod failures;
mod hooks;
mod parallel;
mod runs;
mod tools;
