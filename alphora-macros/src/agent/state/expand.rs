//! The struct half as tokens. Nothing is decided here.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Member, Type, WhereClause, parse_quote_spanned};

use super::model::{Field, Role, State};
use crate::keyword::{MEMORY_TYPE, STREAM_TYPE};
use crate::path::{runtime, runtime_at};
use crate::signature;

/// The code that stands beside the struct.
pub(super) fn expand(state: &State<'_>) -> TokenStream {
    let parts = [new(state), fields(state), agent_state(state), fresh(state)];
    state.facade.scope(&state.conditions, &parts.into_iter().collect())
}

/// `new`, with a parameter for each field that is not marked.
fn new(state: &State<'_>) -> TokenStream {
    if !state.new {
        return TokenStream::new();
    }
    let name = &state.item.ident;
    let (parameters, arguments, bounds) = state.generics.split_for_impl();
    let given = state.shared().map(|field| {
        let Field { conditions, parameter, ty, .. } = field;
        quote!(#(#conditions)* #parameter: #ty)
    });
    let values = state.fields.iter().map(|field| {
        let Field { conditions, member, parameter, .. } = field;
        match empty(field) {
            None if matches!(member, Member::Named(_)) => quote!(#(#conditions)* #parameter),
            None => quote!(#(#conditions)* #member: #parameter),
            Some(empty) => quote!(#member: #empty),
        }
    });
    // A memory whose type is a parameter is empty only if there is such a thing.
    let memory = state.field(Role::Memory).filter(|field| field.generic).map(|field| field.ty);
    let bound = memory.map(|ty| quote!(where #ty: ::core::default::Default));
    quote! {
        #[automatically_derived]
        impl #parameters #name #arguments #bounds {
            /// An agent with these shared fields. Its marked fields are empty until a request binds them.
            #[must_use]
            pub fn new(#(#given),*) -> Self #bound {
                Self { #(#values),* }
            }
        }
    }
}

/// Which fields are marked, for every question whose answer depends on it.
fn fields(state: &State<'_>) -> TokenStream {
    let rt = runtime();
    let name = &state.item.ident;
    let (parameters, arguments, bounds) = state.generics.split_for_impl();
    let memory = match state.field(Role::Memory) {
        Some(_) => quote!(Marked),
        None => unmarked(state, MEMORY_TYPE),
    };
    let stream = state.field(Role::Stream);
    let stream = stream.map_or_else(
        || {
            let unmarked = unmarked(state, STREAM_TYPE);
            quote!(type Stream = #rt::#unmarked;)
        },
        |Field { ty, .. }| quote_spanned!(ty.span()=> type Stream = #ty;),
    );
    quote! {
        #[automatically_derived]
        impl #parameters #rt::Fields for #name #arguments #bounds {
            type Memory = #rt::#memory;
            #stream
        }
    }
}

/// What it means that no field is marked. A type of the framework's own is known by its name; that its field
/// lacks the marker is reported there, and then nothing is said of what the agent cannot do for want of it.
fn unmarked(state: &State<'_>, ty: &str) -> TokenStream {
    let forgotten = state.shared().any(|field| signature::name(field.ty).is_some_and(|name| name == ty));
    if forgotten { quote!(Forgotten) } else { quote!(Unmarked) }
}

/// Binds an instance to a run, and takes the memory back.
fn agent_state(state: &State<'_>) -> TokenStream {
    let rt = runtime();
    let name = &state.item.ident;
    let (parameters, arguments, _) = state.generics.split_for_impl();
    let bounds = bounds(state, &quote!(Shared), None);
    let memory = state.field(Role::Memory);
    let memory_type = memory.map_or_else(
        || {
            quote!(
                type Memory = ();
            )
        },
        |Field { ty, .. }| quote_spanned!(ty.span()=> type Memory = #ty;),
    );
    let has_memory = memory.map(|_| {
        quote!(
            const HAS_MEMORY: ::core::primitive::bool = true;
        )
    });
    let bind = bind(state);
    let take_memory = memory.map(|Field { member, ty, .. }| {
        quote! {
            fn take_memory(&mut self) -> Self::Memory {
                ::core::mem::replace(&mut self.#member, #rt::Judge::<#ty>::__empty())
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #parameters #rt::AgentState for #name #arguments #bounds {
            #memory_type
            #has_memory
            #bind
            #take_memory
        }
    }
}

/// Fills the marked fields, and binds the shared ones that can work for a run: the judge knows which.
fn bind(state: &State<'_>) -> Option<TokenStream> {
    let rt = runtime();
    let name = |name, is_used| {
        let ident = Ident::new(name, Span::call_site());
        if is_used { quote!(#ident) } else { quote!(_) }
    };
    let memory = name("__memory", state.field(Role::Memory).is_some());
    let stream = name("__stream", state.fields.iter().any(|field| field.role != Role::Memory));
    let statements = state.fields.iter().map(|Field { conditions, member, ty, role, .. }| match role {
        Role::Shared => quote!(#(#conditions)* #rt::Judge::<#ty>::__bind(&mut self.#member, &#stream);),
        Role::Memory => quote!(self.#member = #memory;),
        Role::Stream => quote!(self.#member = #rt::attach::<Self>(&#stream);),
    });
    (!state.fields.is_empty()).then(|| {
        quote! {
            fn bind(&mut self, #memory: Self::Memory, #stream: #rt::DataStreamer) {
                #(#statements)*
            }
        }
    })
}

/// How a request gets an instance of its own.
fn fresh(state: &State<'_>) -> TokenStream {
    let rt = runtime();
    let name = &state.item.ident;
    let (parameters, arguments, _) = state.generics.split_for_impl();
    let bounds = bounds(state, &quote!(FreshField), Some(quote!(for<'__a> Self: #rt::Servable<'__a>)));
    let values = state.fields.iter().map(|field| {
        let Field { conditions, member, .. } = field;
        let value = empty(field).unwrap_or_else(|| copy(field));
        quote!(#(#conditions)* #member: #value)
    });
    quote! {
        #[automatically_derived]
        impl #parameters #rt::Fresh for #name #arguments #bounds {
            fn fresh(&self) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

/// The value of a marked field before a request binds it.
fn empty(field: &Field<'_>) -> Option<TokenStream> {
    let (rt, ty) = (runtime(), field.ty);
    match field.role {
        Role::Shared => None,
        Role::Memory => Some(quote!(#rt::Judge::<#ty>::__empty())),
        Role::Stream => Some(quote!(#rt::detached::<Self>())),
    }
}

/// A copy of a shared field, after the question whether it should have a marker.
fn copy(field: &Field<'_>) -> TokenStream {
    let (ty, member, span) = (field.ty, &field.member, field.ty.span());
    let rt = runtime_at(span);
    let kind = match ty {
        // The one memory that nobody forgot to mark.
        Type::Tuple(tuple) if tuple.elems.is_empty() => quote_spanned!(span=> #rt::Plain),
        _ => quote_spanned!(span=> #rt::Judge::<#ty>::__field()),
    };
    let this = quote!(&self.#member);
    quote_spanned!(span=> <_ as #rt::Copies<#ty>>::copy(#kind, #this))
}

/// The user's bounds, `also`, and `asked` of each shared field's type. The lifetime defers the question to the
/// place where the agent is published.
fn bounds(state: &State<'_>, asked: &TokenStream, also: Option<TokenStream>) -> Option<WhereClause> {
    let mut generics = state.generics.clone();
    let clause = generics.make_where_clause();
    if let Some(also) = also {
        clause.predicates.push(parse_quote_spanned!(Span::call_site()=> #also));
    }
    // A bound cannot be behind `#[cfg]`: such a field is asked at once, by the code that uses it.
    for field in state.shared().filter(|field| field.conditions.is_empty()) {
        let (ty, span) = (field.ty, field.ty.span());
        let rt = runtime_at(span);
        clause.predicates.push(parse_quote_spanned!(span=> for<'__a> #ty: #rt::#asked<'__a>));
    }
    if let Some(field) = state.field(Role::Memory).filter(|field| field.generic) {
        let (ty, span) = (field.ty, field.ty.span());
        let rt = runtime_at(span);
        clause.predicates.push(parse_quote_spanned!(span=> #ty: #rt::Memory));
    }
    (!clause.predicates.is_empty()).then(|| clause.clone())
}
