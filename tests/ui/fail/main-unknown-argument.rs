//! row 38: the attribute has an argument

#[alphora::main(flavor = "current_thread")]
async fn main() {}
