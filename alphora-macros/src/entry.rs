//! `#[alphora::main]`: an `async fn main` inside a `fn main` that starts Tokio and logging.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Attribute, ItemFn, ReturnType, Visibility};

use crate::diagnostics::Errors;
use crate::path::Facade;
use crate::signature::{self, mentions};

/// What its argument and its function must be.
const HELP: &str = "write `async fn main()`";

/// The expansion of `#[alphora::main(arguments)] item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let facade = facade(arguments, &mut errors);
    let Ok(function) = syn::parse2::<ItemFn>(item.clone()) else {
        errors.push(item, "`#[alphora::main]` needs an async function", HELP);
        let errors = errors.finish();
        return quote!(#item #errors fn main() {});
    };
    check(&function, &mut errors);
    if errors.is_empty() {
        let _ = errors.finish();
        wrapped(&facade, &function)
    } else {
        unfinished(&function, errors)
    }
}

/// `crate = path` is all that can be said.
fn facade(arguments: TokenStream, errors: &mut Errors) -> Facade {
    if arguments.is_empty() {
        return Facade::default();
    }
    let parser = |input: syn::parse::ParseStream| {
        input.parse::<syn::Token![crate]>()?;
        input.parse::<syn::Token![=]>()?;
        input.call(syn::Path::parse_mod_style)
    };
    if let Ok(path) = syn::parse::Parser::parse2(parser, arguments.clone()) {
        return Facade::at(path);
    }
    let help =
        "write `#[alphora::main]`, or `#[alphora::main(crate = path)]` where the crate has another name";
    errors.push(arguments, "`#[alphora::main]` takes no such argument", help);
    Facade::default()
}

fn check(function: &ItemFn, errors: &mut Errors) {
    let signature = &function.sig;
    if let Some(other) = function.attrs.iter().find(|attribute| is_entry(attribute)) {
        errors.push(
            other,
            "`main` has another runtime attribute",
            "keep one of them: `#[alphora::main]` starts Tokio",
        );
    } else if signature.asyncness.is_none() && mentions(&function.block.to_token_stream(), &["block_on"]) {
        // An attribute above this one has already been replaced by what it writes.
        let help = "remove the attribute above that does, such as `#[tokio::main]`, and write \
                    `async fn main()`: `#[alphora::main]` starts Tokio";
        errors.push(signature.fn_token, "`main` already starts a runtime", help);
    } else if signature.asyncness.is_none() {
        errors.push(signature.fn_token, "`#[alphora::main]` needs an async function", HELP);
    }
    if signature.ident != "main" {
        let message = format!("`#[alphora::main]` goes on `main`, not on `{}`", signature.ident);
        errors.push(&signature.ident, message, HELP);
    }
    if !signature.generics.params.is_empty() {
        let generics = &signature.generics;
        errors.push(generics, "`main` must not be generic", HELP);
    }
    if !signature.inputs.is_empty() {
        let help = "write `async fn main()` and read arguments with `std::env::args()`";
        errors.push(&signature.inputs, "`main` takes no arguments", help);
    }
    for (tokens, word) in signature::qualifiers(signature) {
        errors.push(tokens, format!("`main` must not be `{word}`"), HELP);
    }
}

/// `#[tokio::main]` and its like.
fn is_entry(attribute: &Attribute) -> bool {
    let path = attribute.path();
    path.segments.len() > 1
        && path.segments.last().is_some_and(|last| last.ident == "main" || last.ident == "test")
}

/// The user's function inside the one that rustc starts.
fn wrapped(facade: &Facade, function: &ItemFn) -> TokenStream {
    let conditions = function.attrs.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let span = match &function.sig.output {
        ReturnType::Default => function.sig.ident.span(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let (rt, name) = (facade.private(), &function.sig.ident);
    let exit = Ident::new("__Exit", span);
    let run = quote_spanned!(span=> <_ as #exit>::run(#name));
    let visibility = &function.vis;
    let function = ItemFn { vis: Visibility::Inherited, ..function.clone() };
    quote! {
        #(#conditions)*
        #visibility fn main() -> ::std::process::ExitCode {
            use #rt::Exit as #exit;
            #function
            #rt::version(::core::option_env!("CARGO_PKG_VERSION"));
            #run
        }
    }
}

/// After an error: the user's function is still checked, and there is still a `main`.
fn unfinished(function: &ItemFn, errors: Errors) -> TokenStream {
    let errors = errors.finish();
    let mut function = function.clone();
    function.attrs.retain(|attribute| !is_entry(attribute));
    if function.sig.ident == "main" {
        quote!(#errors fn main() { #[allow(dead_code)] #function })
    } else {
        quote!(#errors #[allow(dead_code)] #function fn main() {})
    }
}
