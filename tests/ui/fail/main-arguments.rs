//! row 38: `main` takes an argument

#[alphora::main]
async fn main(_: String) {}
