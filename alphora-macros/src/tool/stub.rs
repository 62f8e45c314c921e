//! A tool after an error: it has its name, it is a tool, and it is never called.

use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use super::parse::Written;
use super::signature::borrows;
use crate::path::runtime;
use crate::signature::{mentions, parameters};

pub(super) fn stub(written: &Written) -> TokenStream {
    let function = &written.function;
    if function.sig.receiver().is_some() {
        // In an `impl` block there is no place for a struct.
        let Written { conditions, above, visibility, .. } = written;
        return quote!(#(#conditions)* #(#above)* #visibility #function);
    }
    let rt = runtime();
    let name = &function.sig.ident;
    let called = is_plain(written).then(|| expand::deref(written, &quote!(::core::unreachable!())));
    let content = quote! {
        #called
        impl #rt::ToolFunction for #name {
            const NAME: &'static ::core::primitive::str = "";
            const DESCRIPTION: &'static ::core::primitive::str = "";
            fn parameters() -> #rt::ToolParameters {
                ::core::unreachable!()
            }
            async fn run(&self, _: &mut #rt::Given) -> #rt::Ran {
                ::core::unreachable!()
            }
        }
    };
    expand::beside(written, &quote!(#[allow(dead_code)]), &content)
}

/// Whether the function has a type that can be written down once more.
fn is_plain(written: &Written) -> bool {
    let signature = &written.function.sig;
    let has_parameter = |words| parameters(signature).any(|parameter| mentions(&quote!(#parameter), words));
    let output = &signature.output;
    let output = quote!(#output);
    signature.generics.params.is_empty()
        && !has_parameter(&["impl", "cfg"])
        && !mentions(&output, &["impl"])
        && !borrows(&output)
}
