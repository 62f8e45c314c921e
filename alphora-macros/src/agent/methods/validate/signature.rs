//! The rules of an exposed method's signature.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{ImplItemFn, ReturnType, Signature, Type};

use crate::agent::methods::model::{Endpoint, Options};
use crate::attribute::conditions;
use crate::diagnostics::Errors;
use crate::signature::{self, Receiver};

/// The method as an endpoint, or an error for each rule that it breaks.
pub(super) fn endpoint<'a>(
    method: &'a ImplItemFn,
    options: Options,
    errors: &mut Errors,
) -> Option<Endpoint<'a>> {
    let signature = &method.sig;
    let asynchronous = check_async(signature, errors);
    let plain = check_qualifiers(signature, errors);
    let concrete = check_generics(signature, errors);
    let receiver = check_receiver(signature, errors);
    let parameter = check_parameters(signature, errors);
    if !(asynchronous && plain && concrete) {
        return None;
    }
    Some(Endpoint {
        method: &signature.ident,
        conditions: conditions(&method.attrs),
        takes: receiver?,
        parameter: parameter?,
        returns: match &signature.output {
            ReturnType::Default => signature.ident.span(),
            ReturnType::Type(_, ty) => ty.span(),
        },
        options,
    })
}

fn check_async(signature: &Signature, errors: &mut Errors) -> bool {
    if signature.asyncness.is_some() {
        return true;
    }
    let name = &signature.ident;
    let help = if signature::returns_future(signature) {
        format!("write `async fn {name}`, and put `#[agent]` above `#[async_trait]` if that wrote the future")
    } else {
        format!("write `async fn {name}`")
    };
    errors.push(signature.fn_token, format!("agent method `{name}` must be async"), help);
    false
}

fn check_qualifiers(signature: &Signature, errors: &mut Errors) -> bool {
    let found = signature::qualifiers(signature);
    for (tokens, word) in &found {
        let message = format!("agent method `{}` must not be {}", signature.ident, quoted(word));
        errors.push(tokens, message, "call such a function from a plain method");
    }
    found.is_empty()
}

/// `variadic` is no keyword.
fn quoted(word: &str) -> String {
    if word == "variadic" { word.to_owned() } else { format!("`{word}`") }
}

fn check_generics(signature: &Signature, errors: &mut Errors) -> bool {
    let help = "put the type parameter on the struct";
    let message = || format!("agent method `{}` must not be generic", signature.ident);
    let parameters = signature::type_parameters(signature);
    if let Some(parameters) = &parameters {
        errors.push(parameters, message(), help);
    }
    let mut concrete = parameters.is_none();
    for parameter in signature::parameters(signature) {
        if matches!(signature::ungrouped(&parameter.ty), Type::ImplTrait(_)) {
            errors.push(&parameter.ty, message(), help);
            concrete = false;
        }
    }
    concrete
}

/// The place of `self` if the method takes the agent; `Some(None)` if it borrows it.
#[expect(clippy::option_option, reason = "the outer one is whether there was no error")]
fn check_receiver(signature: &Signature, errors: &mut Errors) -> Option<Option<Span>> {
    let message =
        |what: &str| format!("agent method `{}` must take `&self` or `&mut self`{what}", signature.ident);
    let help = "write `&mut self` to change the session's memory, `&self` to read it";
    match signature::receiver(signature) {
        Receiver::Borrowed => Some(None),
        Receiver::Owned => Some(signature.receiver().map(|receiver| receiver.self_token.span)),
        Receiver::Pointer(ty) => {
            let tokens = signature.receiver().map(ToTokens::to_token_stream);
            let what = ty.to_token_stream().to_string().replace(' ', "");
            errors.push(tokens, message(&format!(", not `self: {what}`")), help);
            None
        }
        Receiver::Missing => {
            errors.push(&signature.ident, message(""), help);
            None
        }
    }
}

fn check_parameters<'a>(signature: &'a Signature, errors: &mut Errors) -> Option<&'a Type> {
    let name = &signature.ident;
    let parameters: Vec<_> = signature::parameters(signature).collect();
    let [first, extra @ ..] = parameters.as_slice() else {
        let parentheses = signature.paren_token.span.join();
        let message = format!("agent method `{name}` must take one `OpenAIRequest`");
        let help = format!("help: write `async fn {name}(&self, request: OpenAIRequest)`");
        errors.add(syn::Error::new(parentheses, format!("{message}\n{help}")));
        return None;
    };
    for parameter in extra {
        let message = format!(
            "agent method `{name}` takes one `OpenAIRequest` and nothing else, but has {} parameters",
            parameters.len()
        );
        let help =
            "headers and extra JSON fields are on the request; memory and stream are fields of the struct";
        errors.push(parameter, message, help);
    }
    if let Type::Reference(reference) = signature::ungrouped(&first.ty) {
        let message = format!("agent method `{name}` takes its request by value");
        errors.push(reference, message, "write `OpenAIRequest`");
        return None;
    }
    extra.is_empty().then_some(&*first.ty)
}
