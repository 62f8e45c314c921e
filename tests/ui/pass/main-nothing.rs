//! `main` that returns nothing.

#[alphora::main]
async fn main() {
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
}
