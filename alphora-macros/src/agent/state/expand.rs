//! The struct half as tokens. Nothing is decided here.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Type, WhereClause, parse_quote_spanned};

use super::model::{Field, Role, State};

/// The code that stands beside the struct.
pub(super) fn expand(state: &State<'_>) -> TokenStream {
    let parts = [new(state), fields(state), agent_state(state), fresh(state)];
    quote!(#(#parts)*)
}

/// `new`, with a parameter for each field that is not marked.
fn new(state: &State<'_>) -> TokenStream {
    if !state.new {
        return TokenStream::new();
    }
    let name = &state.item.ident;
    let conditions = &state.conditions;
    let (parameters, arguments, bounds) = state.generics.split_for_impl();
    let given = state.shared().map(|field| {
        let Field { conditions, parameter, ty, .. } = field;
        quote!(#(#conditions)* #parameter: #ty)
    });
    let values = state.fields.iter().map(|field| {
        let Field { conditions, member, parameter, .. } = field;
        match empty(state, field) {
            None => quote!(#(#conditions)* #member: #parameter),
            Some(empty) => quote!(#member: #empty),
        }
    });
    // A memory whose type is a parameter is empty only if there is such a thing.
    let memory = state.field(Role::Memory).filter(|field| field.generic).map(|field| field.ty);
    let bound = memory.map(|ty| quote!(where #ty: ::core::default::Default));
    let lenient = lenient(state);
    quote! {
        #(#conditions)*
        #[automatically_derived]
        #[allow(dead_code, private_interfaces, clippy::new_without_default, clippy::too_many_arguments)]
        impl #parameters #name #arguments #bounds {
            /// An agent with these shared fields. Its marked fields are empty until a request binds them.
            #[must_use]
            pub fn new(#(#given),*) -> Self #bound {
                #lenient
                Self { #(#values),* }
            }
        }
    }
}

/// Which fields are marked, for every question whose answer depends on it.
fn fields(state: &State<'_>) -> TokenStream {
    let rt = state.facade.private();
    let name = &state.item.ident;
    let conditions = &state.conditions;
    let (parameters, arguments, bounds) = state.generics.split_for_impl();
    let memory = if state.field(Role::Memory).is_some() { quote!(Marked) } else { quote!(Unmarked) };
    let stream = state.field(Role::Stream);
    let stream = stream.map_or_else(|| quote!(#rt::Unmarked), |field| field.ty.to_token_stream());
    quote! {
        #(#conditions)*
        #[automatically_derived]
        impl #parameters #rt::Fields for #name #arguments #bounds {
            type Memory = #rt::#memory;
            type Stream = #stream;
        }
    }
}

/// Binds a request's memory and stream, and takes the memory back.
fn agent_state(state: &State<'_>) -> TokenStream {
    let rt = state.facade.private();
    let name = &state.item.ident;
    let conditions = &state.conditions;
    let (parameters, arguments, _) = state.generics.split_for_impl();
    let bounds = bounds(state, &quote!(Shared), None);
    let (memory, stream) = (state.field(Role::Memory), state.field(Role::Stream));
    let (has_memory, has_stream) = (memory.is_some(), stream.is_some());
    let memory_type = memory.map_or_else(|| quote!(()), |field| field.ty.to_token_stream());
    let bind_memory = memory.map(|field| {
        let member = &field.member;
        quote!(self.#member = __memory;)
    });
    let bind_stream = stream.map(|field| {
        let member = &field.member;
        quote!(self.#member = #rt::attach::<Self>(__stream);)
    });
    let take_memory = memory.and_then(|field| {
        let (member, empty) = (&field.member, empty(state, field)?);
        let lenient = lenient(state);
        Some(quote!(#lenient ::core::mem::replace(&mut self.#member, #empty)))
    });
    let memory_name = if has_memory { quote!(__memory) } else { quote!(_) };
    let stream_name = if has_stream { quote!(__stream) } else { quote!(_) };
    quote! {
        #(#conditions)*
        #[automatically_derived]
        impl #parameters #rt::AgentState for #name #arguments #bounds {
            type Memory = #memory_type;
            const HAS_MEMORY: bool = #has_memory;
            const HAS_STREAM: bool = #has_stream;
            fn bind(&mut self, #memory_name: Self::Memory, #stream_name: #rt::DataStreamer) {
                #bind_memory
                #bind_stream
            }
            fn take_memory(&mut self) -> Self::Memory {
                #take_memory
            }
        }
    }
}

/// How a request gets an instance of its own.
fn fresh(state: &State<'_>) -> TokenStream {
    let rt = state.facade.private();
    let name = &state.item.ident;
    let conditions = &state.conditions;
    let (parameters, arguments, _) = state.generics.split_for_impl();
    let bounds = bounds(state, &quote!(FreshField), Some(quote!(for<'__a> Self: #rt::Servable<'__a>)));
    let values = state.fields.iter().map(|field| {
        let Field { conditions, member, .. } = field;
        let value = empty(state, field).unwrap_or_else(|| copy(state, field));
        quote!(#(#conditions)* #member: #value)
    });
    let lenient = lenient(state);
    quote! {
        #(#conditions)*
        #[automatically_derived]
        impl #parameters #rt::Fresh for #name #arguments #bounds {
            fn fresh(&self) -> Self {
                #lenient
                Self { #(#values),* }
            }
        }
    }
}

/// The value of a marked field before a request binds it.
fn empty(state: &State<'_>, field: &Field<'_>) -> Option<TokenStream> {
    let (rt, ty) = (state.facade.private(), field.ty);
    match field.role {
        Role::Shared => None,
        Role::Memory => Some(quote!(#rt::Judge::<#ty>::empty())),
        Role::Stream => Some(quote!(#rt::detached::<Self>())),
    }
}

/// A copy of a shared field, after the question whether it should have a marker.
fn copy(state: &State<'_>, field: &Field<'_>) -> TokenStream {
    let (ty, member, span) = (field.ty, &field.member, field.ty.span());
    let rt = state.facade.private_at(span);
    let kind = match ty {
        // The one memory that nobody forgot to mark.
        Type::Tuple(tuple) if tuple.elems.is_empty() => quote_spanned!(span=> #rt::Plain),
        _ => quote_spanned!(span=> #rt::Judge::<#ty>::field()),
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
        let rt = state.facade.private_at(span);
        clause.predicates.push(parse_quote_spanned!(span=> for<'__a> #ty: #rt::#asked<'__a>));
    }
    if let Some(field) = state.field(Role::Memory).filter(|field| field.generic) {
        let (ty, span) = (field.ty, field.ty.span());
        let rt = state.facade.private_at(span);
        clause.predicates.push(parse_quote_spanned!(span=> #ty: #rt::Memory));
    }
    (!clause.predicates.is_empty()).then(|| clause.clone())
}

/// Brings the answers of last resort into scope, where a question is asked.
fn lenient(state: &State<'_>) -> TokenStream {
    let rt = state.facade.private();
    quote! {
        #[allow(unused_imports)]
        use #rt::Lenient as _;
    }
}
