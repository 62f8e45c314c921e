//! `#[agent]`: the struct half says which fields belong to a request, the impl half what a request runs.

mod elsewhere;
mod methods;
mod placeholder;
mod route;
mod state;

#[cfg(test)]
mod cases;

use proc_macro2::TokenStream;
use syn::{Attribute, Item};

use crate::diagnostics::Errors;
use crate::keyword;

/// A request outlives the call that published its agent.
const OWN: &str = "an agent must own its data";
const OWN_HELP: &str = "write `String`, `Arc<..>` or `&'static ..` in place of what is borrowed";

/// The expansion of `#[agent(arguments)] item`.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(Item::Struct(item)) => state::expand(arguments, item),
        Ok(Item::Impl(item)) if item.trait_.is_none() => methods::expand(arguments, item),
        Ok(item) => elsewhere::expand(&item),
        Err(error) => {
            let mut errors = Errors::default();
            errors.add(error);
            [item, errors.finish()].into_iter().collect()
        }
    }
}

/// Whether this is `#[agent]`, under whatever path.
fn is_marker(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == keyword::AGENT)
}
