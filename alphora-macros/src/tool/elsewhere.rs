//! `#[tool]` on what is no function with a body: an error on the keyword.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, TraitItemFn};

use crate::diagnostics::Errors;

pub(super) fn expand(item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let (tokens, what) = match syn::parse2(item.clone()) {
        Ok(Item::Struct(item)) => (item.struct_token.to_token_stream(), "a struct"),
        Ok(Item::Enum(item)) => (item.enum_token.to_token_stream(), "an enum"),
        Ok(Item::Union(item)) => (item.union_token.to_token_stream(), "a union"),
        Ok(Item::Impl(item)) => (item.impl_token.to_token_stream(), "an `impl` block"),
        Ok(Item::Trait(item)) => (item.trait_token.to_token_stream(), "a trait"),
        Ok(Item::Mod(item)) => (item.mod_token.to_token_stream(), "a module"),
        Ok(Item::Const(item)) => (item.const_token.to_token_stream(), "a constant"),
        Ok(Item::Static(item)) => (item.static_token.to_token_stream(), "a static"),
        Ok(Item::Type(item)) => (item.type_token.to_token_stream(), "a type alias"),
        parsed => match syn::parse2::<TraitItemFn>(item.clone()) {
            Ok(function) => (function.sig.fn_token.to_token_stream(), "a function without a body"),
            Err(_) => match parsed {
                Ok(other) => (other.to_token_stream(), "this item"),
                Err(error) => {
                    errors.add(error);
                    let errors = errors.finish();
                    return quote!(#item #errors);
                }
            },
        },
    };
    errors.push(tokens, format!("`#[tool]` cannot be on {what}"), "it goes on a `fn` or an `async fn`");
    let errors = errors.finish();
    quote!(#item #errors)
}
