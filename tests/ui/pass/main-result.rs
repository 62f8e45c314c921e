//! `main` that returns a result, with `?` in it.

#[alphora::main]
async fn main() -> alphora::Result {
    let value: u32 = serde_json::from_str("1")?;
    assert_eq!(value, 1);
    Ok(())
}
