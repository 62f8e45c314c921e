//! row 38: `main` has another runtime attribute

#[alphora::main]
#[tokio::main]
async fn main() {}
