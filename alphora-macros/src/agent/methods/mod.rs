//! The impl half: which methods are exposed, and what the attribute says of them.

mod expand;
mod model;
mod parse;
mod select;
mod stub;
mod validate;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemImpl;

pub(super) use stub::stub;

use crate::diagnostics::Errors;

/// The expansion of `#[agent(arguments)] impl ..`.
pub(super) fn expand(arguments: TokenStream, item: ItemImpl) -> TokenStream {
    let mut errors = Errors::default();
    let written = parse::parse(arguments, item, &mut errors);
    let model = validate::validate(&written, &mut errors);
    let item = &written.item;
    let half = match model {
        Some(model) if errors.is_empty() => expand::expand(&model),
        _ => stub::with_config(&written.facade, item, written.config.as_ref()),
    };
    let errors = errors.finish();
    // An agent's method has to be async, also where it awaits nothing.
    quote!(#[allow(clippy::unused_async)] #item #half #errors)
}
