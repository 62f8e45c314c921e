//! `#[agent]` on what can be no agent: an error on the keyword, and stubs so that nothing else is reported.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Item;

use super::{methods, state};
use crate::diagnostics::Errors;
use crate::path::Facade;

pub(super) fn expand(item: &Item) -> TokenStream {
    let mut errors = Errors::default();
    let facade = Facade::default();
    let (keyword, what, stub) = match item {
        Item::Enum(item) => {
            let stub = state::stub(&facade, &item.attrs, &item.ident, &item.generics);
            (item.enum_token.to_token_stream(), "an enum", stub)
        }
        Item::Union(item) => {
            let stub = state::stub(&facade, &item.attrs, &item.ident, &item.generics);
            (item.union_token.to_token_stream(), "a union", stub)
        }
        Item::Impl(item) => {
            let keyword = item.trait_.as_ref().map(|(_, token)| token.to_token_stream());
            (keyword.unwrap_or_default(), "an `impl` of a trait", methods::stub(&facade, item))
        }
        Item::Trait(item) => (item.trait_token.to_token_stream(), "a trait", TokenStream::new()),
        Item::Fn(item) => (item.sig.fn_token.to_token_stream(), "a function", TokenStream::new()),
        Item::Mod(item) => (item.mod_token.to_token_stream(), "a module", TokenStream::new()),
        Item::Type(item) => (item.type_token.to_token_stream(), "a type alias", TokenStream::new()),
        other => (other.to_token_stream(), "this item", TokenStream::new()),
    };
    errors.push(
        keyword,
        format!("`#[agent]` cannot be on {what}"),
        "it goes on a struct and on the inherent `impl` block that holds its method",
    );
    let errors = errors.finish();
    quote!(#item #stub #errors)
}
