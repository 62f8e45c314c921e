//! row 38: `main` returns what is no end of a program

struct Foo;

#[alphora::main]
async fn main() -> Foo {
    Foo
}
