//! The store in PostgreSQL, in clusters of its own.
//!
//! These need PostgreSQL's programs, one of them PgBouncer: `cargo test -p alphora-tests --features postgres --test it -- --ignored postgres`.

mod bouncer;
mod cluster;
mod crash;
mod isolation;
mod limits;
mod load;
mod lost_answers;
mod migrations;
mod promises;
mod sweeping;
mod unavailable;
