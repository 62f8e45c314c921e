//! JSON Web Tokens: the public keys of their issuer, and what makes a token one of its.

mod key_set;
mod verify;

#[cfg(test)]
mod tests;

pub(super) use verify::Tokens;
