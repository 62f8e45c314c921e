//! Errors: all of them at once, each on the token to change, and nobody can forget to report them.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects errors until [`finish`](Errors::finish), which has to be called.
#[derive(Default)]
pub(crate) struct Errors {
    found: Option<syn::Error>,
    finished: bool,
}

impl Errors {
    /// Adds an error: what is wrong with `tokens`, and what to write instead.
    ///
    /// The message is lower case, without a full stop, and names things in backticks.
    pub(crate) fn push(&mut self, tokens: impl ToTokens, message: impl Display, help: impl Display) {
        self.add(syn::Error::new_spanned(tokens, format!("{message}\nhelp: {help}")));
    }

    /// Adds an error that syn has found.
    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Whether nothing was wrong so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none()
    }

    /// The errors as tokens that make rustc report them.
    pub(crate) fn finish(mut self) -> TokenStream {
        self.finished = true;
        self.found.take().map(syn::Error::into_compile_error).unwrap_or_default()
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        debug_assert!(self.finished || std::thread::panicking(), "errors were collected and not reported");
    }
}

/// Both, one after the other, for an error that is about two places.
pub(crate) fn joined(one: impl ToTokens, other: impl ToTokens) -> TokenStream {
    let mut tokens = one.into_token_stream();
    other.to_tokens(&mut tokens);
    tokens
}
