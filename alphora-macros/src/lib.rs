//! The entry points, one line each; documented at the facade, where their examples run.

mod agent;
mod arguments;
mod attribute;
mod diagnostics;
mod entry;
mod keyword;
mod path;
mod signature;
#[cfg(test)]
mod tests;
mod tool;
mod value;

use proc_macro::TokenStream;

#[expect(missing_docs, reason = "documented at the facade")]
#[proc_macro_attribute]
pub fn agent(arguments: TokenStream, item: TokenStream) -> TokenStream {
    agent::expand(arguments.into(), item.into()).into()
}

#[expect(missing_docs, reason = "documented at the facade")]
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::expand(arguments.into(), &item.into()).into()
}

#[expect(missing_docs, reason = "documented at the facade")]
#[proc_macro_attribute]
pub fn tool(arguments: TokenStream, item: TokenStream) -> TokenStream {
    tool::expand(arguments.into(), &item.into()).into()
}
