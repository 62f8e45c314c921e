/// Rings the bell.
#[tool]
fn ring() {}
