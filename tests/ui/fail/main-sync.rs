//! row 38: `main` is not async

#[alphora::main]
fn main() {}
