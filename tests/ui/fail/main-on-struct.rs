//! row 38: the attribute is not on a function

#[alphora::main]
struct Main;
