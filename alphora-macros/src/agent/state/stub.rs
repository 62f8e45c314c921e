//! The struct half after an error: it satisfies every bound and is never run.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Generics, ItemStruct, parse_quote};

use super::parse::Written;
use crate::attribute::conditions;
use crate::keyword::NEW;
use crate::path::{Facade, runtime};
use crate::signature::each_elided;

/// For a struct with a mistake: it can be made, too.
pub(super) fn with_new(written: &Written) -> TokenStream {
    let item = &written.item;
    let stub = stub(&written.facade, &item.attrs, &item.ident, &item.generics);
    if written.arguments.get(NEW).is_some() {
        return stub;
    }
    let (name, conditions) = (&item.ident, conditions(&item.attrs));
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    let shared = item.fields.iter().zip(&written.roles).filter(|(_, roles)| roles.is_empty());
    let shared = shared.map(|(field, _)| &field.ty);
    quote! {
        #stub
        #(#conditions)*
        #[allow(dead_code, missing_docs, private_interfaces)]
        impl #parameters #name #arguments #bounds {
            pub fn new(#(_: #shared),*) -> Self {
                ::core::unreachable!()
            }
        }
    }
}

/// The struct itself, with a lifetime wherever one is missing: rustc would ask for it, and propose what an agent cannot
/// have.
pub(super) fn with_lifetimes(item: &ItemStruct) -> ItemStruct {
    let mut item = item.clone();
    for field in &mut item.fields {
        each_elided(&mut field.ty, &mut |reference| reference.lifetime = Some(parse_quote!('static)));
    }
    item
}

/// For an item that can be no struct half.
pub(in crate::agent) fn stub(
    facade: &Facade,
    attributes: &[Attribute],
    name: &Ident,
    generics: &Generics,
) -> TokenStream {
    let rt = runtime();
    let mut bounded = generics.clone();
    bounded.make_where_clause().predicates.push(parse_quote!(for<'__a> Self: #rt::Shared<'__a>));
    let mut servable = generics.clone();
    servable.make_where_clause().predicates.push(parse_quote!(for<'__a> Self: #rt::Servable<'__a>));
    let (parameters, arguments, bounded) = {
        let (parameters, arguments, _) = generics.split_for_impl();
        (parameters, arguments, bounded.where_clause)
    };
    let servable = servable.where_clause;
    let halves = quote! {
        impl #parameters #rt::AgentState for #name #arguments #bounded {
            type Memory = ();
        }
        impl #parameters #rt::Fresh for #name #arguments #servable {
            fn fresh(&self) -> Self {
                ::core::unreachable!()
            }
        }
    };
    facade.scope(&conditions(attributes), &halves)
}
