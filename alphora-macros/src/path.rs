//! Where the facade is. The only file that names a crate.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Attribute;

/// What generated code calls the facade's private module, inside of [`Facade::scope`].
const RUNTIME: &str = "__rt";

/// The path to the facade: `::alphora`, or what `crate = ..` says.
#[derive(Clone, Default)]
pub(crate) struct Facade(Option<syn::Path>);

impl Facade {
    /// The facade under the name that the user gives it.
    pub(crate) fn at(path: syn::Path) -> Self {
        Self(Some(path))
    }

    /// The module that holds all that generated code may name, for code outside of a scope.
    pub(crate) fn private(&self) -> TokenStream {
        let facade = self.0.as_ref().map_or_else(|| quote!(::alphora), ToTokens::to_token_stream);
        quote!(#facade::__private)
    }

    /// Generated impls, where they name nothing that the user could name, and warn of nothing. They are there
    /// if the user's item is.
    pub(crate) fn scope(&self, conditions: &[Attribute], content: &TokenStream) -> TokenStream {
        let (private, rt) = (self.private(), runtime());
        quote! {
            #(#conditions)*
            #[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
            #[allow(clippy::new_without_default, deprecated)]
            const _: () = {
                use #private as #rt;
                use #rt::Lenient as _;
                #content
            };
        }
    }
}

/// The private module in a scope.
pub(crate) fn runtime() -> Ident {
    runtime_at(Span::call_site())
}

/// The same, so that an error in what is called shows `span`.
pub(crate) fn runtime_at(span: Span) -> Ident {
    Ident::new(RUNTIME, span)
}
