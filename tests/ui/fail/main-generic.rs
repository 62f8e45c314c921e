//! row 38: `main` has a type parameter

#[alphora::main]
async fn main<T>() {}
