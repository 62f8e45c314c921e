//! row 38: a type error in `main` lands on the expression

#[alphora::main]
async fn main() -> alphora::Result {
    1
}
