//! The impl half as tokens. Nothing is decided here.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, GenericParam, Generics, Type, parse_quote};

use super::model::{Endpoint, Methods, Options};
use crate::keyword::OF_MEMORY;
use crate::path::{Facade, runtime, runtime_at};

/// The code that stands beside the impl block.
pub(super) fn expand(methods: &Methods<'_>) -> TokenStream {
    let Methods { facade, ty, generics, conditions, agent, config: name, .. } = methods;
    let config = config(facade, conditions, name, agent, generics, ty);
    let rt = runtime();
    let generics = deferred(generics);
    let (parameters, _, bounds) = generics.split_for_impl();
    let description = description(methods);
    let call = call(methods);
    let agent = quote! {
        #[automatically_derived]
        impl #parameters #rt::Agent for #ty #bounds {
            #description
            #call
        }
    };
    let agent = facade.scope(conditions, &agent);
    quote!(#config #agent)
}

/// The name of the agent's configuration.
pub(super) fn config(
    facade: &Facade,
    conditions: &[Attribute],
    name: &Ident,
    agent: &str,
    generics: &Generics,
    ty: &Type,
) -> TokenStream {
    let rt = facade.private();
    let documentation = format!("The options of `{agent}`. `Default` is what its `#[agent(..)]` says.");
    let parameters = generics.params.iter().map(|parameter| match parameter {
        GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
        GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
        GenericParam::Const(parameter) => {
            let (name, ty) = (&parameter.ident, &parameter.ty);
            quote!(const #name: #ty)
        }
    });
    let parameters = (!generics.params.is_empty()).then(|| quote!(<#(#parameters),*>));
    quote! {
        #(#conditions)*
        #[doc = #documentation]
        #[allow(dead_code)]
        pub type #name #parameters = #rt::AgentConfig<#ty>;
    }
}

/// The block's generics, with the struct half asked for when the agent is published.
pub(super) fn deferred(generics: &Generics) -> Generics {
    let rt = runtime();
    let mut generics = generics.clone();
    generics.make_where_clause().predicates.push(parse_quote!(for<'__a> Self: #rt::Later<'__a>));
    generics
}

/// What the attributes say.
fn description(methods: &Methods<'_>) -> TokenStream {
    let rt = runtime();
    let agent = &methods.agent;
    let options = options(&methods.options);
    let endpoints = methods.endpoints.iter().map(|endpoint| {
        let Endpoint { conditions, options: own, .. } = endpoint;
        let method = endpoint.method.unraw().to_string();
        let options = self::options(own);
        quote!(#(#conditions)* #rt::EndpointDescription::new(#method, #options))
    });
    quote! {
        const DESCRIPTION: &'static #rt::Description = &#rt::Description {
            agent: #agent,
            options: #options,
            endpoints: &[#(#endpoints),*],
        };
    }
}

fn options(options: &Options) -> TokenStream {
    let rt = runtime();
    let texts = options.texts.iter().map(|(key, text)| quote!(#key: ::core::option::Option::Some(#text)));
    let default_stream =
        options.default_stream.iter().map(|(key, value)| quote!(#key: ::core::option::Option::Some(#value)));
    let numbers = options.numbers.iter().map(|(key, value, unit)| {
        let value = value.expand(key, *unit);
        quote!(#key: ::core::option::Option::Some(#value))
    });
    let policies = options.policies.iter().map(|(key, word)| {
        let variant = word.expand();
        quote!(#key: ::core::option::Option::Some(#variant))
    });
    let all: Vec<_> = texts.chain(numbers).chain(default_stream).chain(policies).collect();
    if all.is_empty() {
        quote!(#rt::Options::NONE)
    } else {
        quote!(#rt::Options { #(#all,)* ..#rt::Options::NONE })
    }
}

/// Runs the method of an endpoint.
fn call(methods: &Methods<'_>) -> TokenStream {
    let rt = runtime();
    let names = Names::default();
    let Names { instance, endpoint, request, out } = &names;
    let keys = methods.options.numbers.iter().map(|(key, ..)| key);
    let questions = keys.filter(|key| OF_MEMORY.contains(&key.to_string().as_str())).map(|key| {
        let rt = runtime_at(key.span());
        quote_spanned!(key.span()=> <_ as #rt::key::#key>::check(#rt::Judge::<Self>::__memory());)
    });
    let body = dispatch(methods, &names);
    let endpoint = if methods.endpoints.len() == 1 && methods.endpoints[0].conditions.is_empty() {
        quote!(_)
    } else {
        quote!(#endpoint)
    };
    quote! {
        async fn call(
            #instance: &mut #rt::Instance<Self>,
            #endpoint: ::core::primitive::usize,
            #request: #rt::OpenAIRequest,
            #out: #rt::DataStreamer,
        ) -> ::core::result::Result<(), #rt::AgentError> {
            #(#questions)*
            #body
        }
    }
}

/// Our own names in `call`, which mean the same wherever the user's tokens around them come from.
struct Names {
    instance: Ident,
    endpoint: Ident,
    request: Ident,
    out: Ident,
}

impl Default for Names {
    fn default() -> Self {
        let name = |name| Ident::new(name, Span::mixed_site());
        Self {
            instance: name("__instance"),
            endpoint: name("__endpoint"),
            request: name("__request"),
            out: name("__out"),
        }
    }
}

fn dispatch(methods: &Methods<'_>, names: &Names) -> TokenStream {
    let rt = runtime();
    let endpoint = &names.endpoint;
    if methods.endpoints.iter().any(|endpoint| !endpoint.conditions.is_empty()) {
        // What is left after `#[cfg]` is not known here, so the index cannot be either.
        let arms = methods.endpoints.iter().map(|endpoint| {
            let (conditions, method) = (&endpoint.conditions, endpoint.method.unraw().to_string());
            let run = run(endpoint, names);
            quote!(#(#conditions)* ::core::option::Option::Some(#method) => { #run })
        });
        return quote! {
            match Self::DESCRIPTION.endpoints.get(#endpoint).map(|__endpoint| __endpoint.method) {
                #(#arms)*
                _ => #rt::no_such_endpoint::<Self>(),
            }
        };
    }
    let last = methods.endpoints.len() - 1;
    let arms = methods.endpoints.iter().enumerate().map(|(index, endpoint)| {
        let run = run(endpoint, names);
        let pattern = if index == last { quote!(_) } else { quote!(#index) };
        (pattern, run)
    });
    match arms.collect::<Vec<_>>().as_slice() {
        [(_, run)] => run.clone(),
        arms => {
            let arms = arms.iter().map(|(pattern, run)| quote!(#pattern => { #run }));
            quote!(match #endpoint { #(#arms)* })
        }
    }
}

/// One call of the user's method. What may not fit is written at the user's token.
fn run(endpoint: &Endpoint<'_>, names: &Names) -> TokenStream {
    let Names { instance, request, out, .. } = names;
    let (method, ty) = (endpoint.method, endpoint.parameter);
    let agent = match endpoint.takes {
        None => quote!(#instance.borrowed()?),
        Some(span) => {
            let rt = runtime_at(span);
            quote_spanned!(span=> <_ as #rt::Takes<Self>>::take(#rt::Judge::<Self>::__taken(), #instance)?)
        }
    };
    let argument = {
        let rt = runtime_at(ty.span());
        quote_spanned!(ty.span()=> <#ty as #rt::Parameter>::of(#request))
    };
    let (asked, returned) = (method.span(), endpoint.returns);
    let (rt, reply) = (runtime_at(asked), Ident::new("__reply", Span::mixed_site().located_at(returned)));
    let run = quote_spanned!(asked=> #rt::sendable(Self::#method(#agent, #argument)).await);
    let sent_name = Ident::new("__sent", Span::mixed_site().located_at(asked));
    let sent = {
        let rt = runtime_at(returned);
        quote_spanned!(returned=> <_ as #rt::IntoReply<_>>::reply(#reply, &#out).await)
    };
    let done = quote_spanned!(asked=> <_ as #rt::Answers<Self, _>>::done(#rt::Judge::<Self>::__answer(), #sent_name));
    quote! {
        let #reply = #run;
        let #sent_name = #sent;
        #done
    }
}
