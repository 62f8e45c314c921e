//! The impl half after an error: it satisfies every bound and is never run.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ItemImpl;

use super::expand;
use super::validate::{config_of, lifetimes};
use crate::attribute::conditions;
use crate::path::{Facade, runtime};
use crate::signature::name;

/// For an impl block that can be no agent.
pub(in crate::agent) fn stub(facade: &Facade, item: &ItemImpl) -> TokenStream {
    let rt = runtime();
    let ty = &item.self_ty;
    let generics = expand::deferred(&item.generics);
    let (parameters, _, bounds) = generics.split_for_impl();
    let half = quote! {
        impl #parameters #rt::Agent for #ty #bounds {
            const DESCRIPTION: &'static #rt::Description =
                &#rt::Description { agent: "", options: #rt::Options::NONE, endpoints: &[] };
            async fn call(
                _: &mut #rt::Instance<Self>,
                _: ::core::primitive::usize,
                _: #rt::OpenAIRequest,
                _: #rt::DataStreamer,
            ) -> ::core::result::Result<(), #rt::AgentError> {
                ::core::unreachable!()
            }
        }
    };
    facade.scope(&conditions(&item.attrs), &half)
}

/// For an impl block with a mistake: its configuration has a name too.
pub(super) fn with_config(facade: &Facade, item: &ItemImpl, config: Option<&Ident>) -> TokenStream {
    let Some(name) = name(&item.self_ty) else { return TokenStream::new() };
    let config = config.cloned().unwrap_or_else(|| config_of(name));
    let conditions = conditions(&item.attrs);
    let alias = if lifetimes(&item.self_ty).any(|lifetime| lifetime.ident == "_") {
        // An alias has nothing to infer a lifetime from.
        let rt = facade.private();
        quote!(#(#conditions)* #[allow(dead_code, missing_docs)] pub type #config = #rt::AgentConfig<()>;)
    } else {
        expand::config(facade, &conditions, &config, &name.to_string(), &item.generics, &item.self_ty)
    };
    let stub = stub(facade, item);
    quote!(#alias #stub)
}
