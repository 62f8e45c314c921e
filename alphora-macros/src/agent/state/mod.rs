//! The struct half: which fields belong to a request, and how a request gets an instance of its own.

mod expand;
mod model;
mod parse;
mod stub;
mod validate;

use std::borrow::Cow;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemStruct;

pub(super) use stub::stub;

use crate::diagnostics::Errors;

/// The expansion of `#[agent(arguments)] struct ..`.
pub(super) fn expand(arguments: TokenStream, item: ItemStruct) -> TokenStream {
    let mut errors = Errors::default();
    let written = parse::parse(arguments, item, &mut errors);
    let model = validate::validate(&written, &mut errors);
    let (item, halves) = match model {
        Some(model) if errors.is_empty() => (Cow::Borrowed(&written.item), expand::expand(&model)),
        _ => (Cow::Owned(stub::with_lifetimes(&written.item)), stub::with_new(&written)),
    };
    let errors = errors.finish();
    quote!(#item #halves #errors)
}
