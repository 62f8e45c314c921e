//! A tool as tokens. Nothing is decided here.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{ReturnType, Type};

use super::model::{Parameter, Tool};
use super::parse::Written;
use crate::path::{runtime, runtime_at};
use crate::signature::parameters;
use crate::value::Unit;

/// The struct that is the tool, with the function inside.
pub(super) fn expand(tool: &Tool<'_>) -> TokenStream {
    let deref = deref(tool.written, &function(tool));
    let implementation = implementation(tool);
    beside(tool.written, &TokenStream::new(), &quote!(#deref #implementation))
}

/// The struct, and out of sight the function with `attributes` and what is made of it.
///
/// The function keeps its name: it can call itself, and there it is nothing but a function. It stands outside of
/// the scope, so that rustc warns of what the user has written as if nothing was generated.
pub(super) fn beside(written: &Written, attributes: &TokenStream, content: &TokenStream) -> TokenStream {
    let Written { conditions, above, visibility, function, .. } = written;
    let name = &function.sig.ident;
    let scope = written.facade.scope(&[], content);
    quote! {
        #(#conditions)*
        #(#above)*
        #[allow(non_camel_case_types)]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #visibility struct #name;
        #(#conditions)*
        const _: () = {
            // A tool has to own what it is given.
            #[allow(clippy::needless_pass_by_value)]
            #attributes
            #function
            #scope
        };
    }
}

/// Makes the struct callable like the function.
pub(super) fn deref(written: &Written, function: &TokenStream) -> TokenStream {
    let rt = runtime();
    let signature = &written.function.sig;
    let name = &signature.ident;
    let types = parameters(signature).map(|parameter| &parameter.ty);
    let result = match &signature.output {
        ReturnType::Default => quote!(()),
        // Below `fn(..) ->`, a `+` needs parentheses that it does not need where a function is declared.
        ReturnType::Type(_, ty) if matches!(**ty, Type::TraitObject(_)) => quote!((#ty)),
        ReturnType::Type(_, ty) => ty.to_token_stream(),
    };
    let result = if signature.asyncness.is_some() { quote!(#rt::Pending<#result>) } else { result };
    // Where a type of the signature is less visible than the tool, rustc says so here.
    let target = quote_spanned!(name.span()=> type Target = fn(#(#types),*) -> #result;);
    quote! {
        #[automatically_derived]
        impl ::core::ops::Deref for #name {
            #target
            fn deref(&self) -> &Self::Target {
                #function
            }
        }
    }
}

/// A reference to the function as a pointer, asynchronous ones with a future that has a type.
fn function(tool: &Tool<'_>) -> TokenStream {
    let signature = &tool.written.function.sig;
    let name = &signature.ident;
    if signature.asyncness.is_none() {
        return quote!(&(#name as Self::Target));
    }
    let (rt, span) = (runtime_at(name.span()), name.span());
    let given: Vec<Ident> = (0..tool.parameters.len())
        .map(|index| format_ident!("__{index}", span = Span::mixed_site().located_at(span)))
        .collect();
    let future = quote_spanned!(span=> #rt::pending(#name(#(#given),*)));
    quote!(&((|#(#given),*| #future) as Self::Target))
}

/// What a model is told of the tool, and how it is called.
fn implementation(tool: &Tool<'_>) -> TokenStream {
    let rt = runtime();
    let (struct_name, name, description) = (&tool.written.function.sig.ident, &tool.name, &tool.description);
    let described = described(&tool.parameters);
    let strict = tool.strict.map(|strict| {
        quote!(
            const STRICT: ::core::primitive::bool = #strict;
        )
    });
    let timeout = tool.timeout.as_ref().map(|(key, seconds)| {
        let seconds = seconds.expand(key, Unit::Seconds);
        quote! {
            const TIMEOUT: ::core::option::Option<::core::primitive::u64> =
                ::core::option::Option::Some(#seconds);
        }
    });
    let run = run(tool);
    quote! {
        #[automatically_derived]
        impl #rt::ToolFunction for #struct_name {
            const NAME: &'static ::core::primitive::str = #name;
            const DESCRIPTION: &'static ::core::primitive::str = #description;
            #strict
            #timeout
            fn parameters() -> #rt::ToolParameters {
                let __described = [#(#described),*];
                #rt::parameters(&__described)
            }
            #run
        }
    }
}

/// The parameters for the schema, each asked for at its type.
fn described(parameters: &[Parameter<'_>]) -> impl Iterator<Item = TokenStream> {
    parameters.iter().map(|Parameter { name, description, ty }| {
        let rt = runtime_at(ty.span());
        quote_spanned!(ty.span()=> <#ty as #rt::Argument>::described(#name, #description))
    })
}

/// Runs the function: asynchronous ones as they are, others where they may block.
fn run(tool: &Tool<'_>) -> TokenStream {
    let rt = runtime();
    let function = &tool.written.function.sig.ident;
    let name = |name| Ident::new(name, Span::mixed_site());
    let (given, result) = (name("__given"), name("__result"));
    let arguments = tool.parameters.iter().map(|Parameter { name, ty, .. }| {
        let rt = runtime_at(ty.span());
        quote_spanned!(ty.span()=> <#ty as #rt::Argument>::take(#given, #name)?)
    });
    let arguments = quote!(#(#arguments),*);
    let output = output(tool, &result);
    let body = if tool.written.function.sig.asyncness.is_some() {
        // A statement of its own: nothing that the arguments are made of is held while the future is awaited.
        quote! {
            let __future = self(#arguments);
            let #result = __future.await;
            #output
        }
    } else {
        quote! {
            #given
                .blocking(|#given| {
                    let #result = #function(#arguments);
                    #output
                })
                .await
        }
    };
    quote! {
        async fn run(&self, #given: &mut #rt::Given) -> #rt::Ran {
            #body
        }
    }
}

/// What the function returned, as a model reads it.
fn output(tool: &Tool<'_>, result: &Ident) -> TokenStream {
    let (ty, span) = match tool.result {
        Some(ty) => (ty.to_token_stream(), ty.span()),
        None => (quote!(()), tool.written.function.sig.ident.span()),
    };
    let rt = runtime_at(span);
    quote_spanned!(span=> <_ as #rt::Outcome<_>>::output(#rt::Judge::<#ty>::__outcome(), #result))
}
