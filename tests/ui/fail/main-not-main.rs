//! row 38: the function is not `main`

#[alphora::main]
async fn start() {}
