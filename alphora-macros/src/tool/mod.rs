//! `#[tool]`: a function becomes a tool of its own name, with a schema of its parameters.

mod elsewhere;
mod expand;
mod model;
mod parse;
mod signature;
mod stub;
mod validate;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostics::Errors;

/// The expansion of `#[tool(arguments)] item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let Ok(function) = syn::parse2(item.clone()) else { return elsewhere::expand(item) };
    let mut errors = Errors::default();
    let written = parse::parse(arguments, function, &mut errors);
    let tool = match validate::validate(&written, &mut errors) {
        Some(model) if errors.is_empty() => expand::expand(&model),
        _ => stub::stub(&written),
    };
    let errors = errors.finish();
    quote!(#tool #errors)
}
