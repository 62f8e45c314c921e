#[alphora::main]
async fn main() -> alphora::Result {
    Ok(())
}
