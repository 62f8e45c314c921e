//! Where the facade is. The only file that names a crate.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

/// The path to the facade: `::alphora`, or what `crate = ..` says.
#[derive(Clone, Default)]
pub(crate) struct Facade(Option<syn::Path>);

impl Facade {
    /// The facade under the name that the user gives it.
    pub(crate) fn at(path: syn::Path) -> Self {
        Self(Some(path))
    }

    /// The module that holds all that generated code may name.
    pub(crate) fn private(&self) -> TokenStream {
        self.private_at(Span::call_site())
    }

    /// The same, so that an error in what is called shows `span`.
    pub(crate) fn private_at(&self, span: Span) -> TokenStream {
        let Some(path) = &self.0 else { return quote_spanned!(span=> ::alphora::__private) };
        let path = located_at(path.to_token_stream(), span);
        quote_spanned!(span=> #path::__private)
    }
}

/// The same tokens, which mean what they meant, at another place.
fn located_at(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token: TokenTree| {
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}
