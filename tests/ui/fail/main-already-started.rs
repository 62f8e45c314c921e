//! row 38: `main` is what another runtime's attribute has written

#[tokio::main]
#[alphora::main]
async fn main() {
    tokio::task::yield_now().await;
}
