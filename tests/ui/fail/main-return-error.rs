//! row 38: `main` returns an error that cannot be printed

struct Foo;

#[alphora::main]
async fn main() -> Result<(), Foo> {
    Err(Foo)
}
