//! The rules of a tool's signature.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Pat, PatType, ReturnType, Signature, Type};

use super::parse::{self, Written};
use crate::diagnostics::Errors;
use crate::signature::{self, mentions, ungrouped};

/// What a model calls has no more than arguments.
const HELP_SELF: &str = "write it outside of the `impl` block; a `ToolContext` parameter gives it state";

/// The type of what can hold the context.
const CONTEXT: &str = "ToolContext";

/// Reports each rule that the signature breaks. `None` if it breaks one, which rustc may have to report.
pub(super) fn check(written: &Written, errors: &mut Errors) -> Option<()> {
    let signature = &written.function.sig;
    check_receiver(signature, errors);
    for (tokens, word) in signature::qualifiers(signature) {
        let word = if word == "variadic" { word.to_owned() } else { format!("`{word}`") };
        let message = format!("tool `{}` must not be {word}", signature.ident);
        errors.push(tokens, message, "call such a function from a plain one");
    }
    let mut borrows = false;
    for parameter in signature::parameters(signature) {
        borrows |= check_parameter(signature, parameter, errors);
    }
    check_generics(signature, borrows, errors);
    check_result(signature, errors)
}

fn check_receiver(signature: &Signature, errors: &mut Errors) {
    if let Some(receiver) = signature.receiver() {
        let message = format!("tool `{}` must be a function, not a method", signature.ident);
        errors.push(receiver, message, HELP_SELF);
    }
}

/// Whether the parameter borrows, after a report of what is wrong with it.
fn check_parameter(signature: &Signature, parameter: &PatType, errors: &mut Errors) -> bool {
    let tool = &signature.ident;
    if let Some(condition) = parameter.attrs.iter().find(|attribute| attribute.path().is_ident("cfg")) {
        let help = "put `#[cfg]` on the whole function";
        errors.push(condition, format!("a parameter of tool `{tool}` cannot be behind `#[cfg]`"), help);
    }
    if parse::name(parameter).is_none() {
        let apart =
            if matches!(*parameter.pat, Pat::Wild(_)) { "" } else { ", and take it apart in the function" };
        let help = format!("write `name: {}`{apart}", written(&parameter.ty));
        errors.push(&parameter.pat, format!("a parameter of tool `{tool}` must have a name"), help);
    }
    let ty = ungrouped(&parameter.ty);
    if is_anonymous(ty) {
        let help = format!("write the type in place of `{}`", written(ty));
        errors.push(ty, format!("tool `{tool}` must not be generic"), help);
        return false;
    }
    let borrows = borrows(&ty.to_token_stream());
    if borrows {
        errors.push(ty, format!("a parameter of tool `{tool}` must own its data"), owned(ty));
    }
    borrows
}

/// What to write in place of a type that borrows.
fn owned(ty: &Type) -> String {
    let Type::Reference(reference) = ty else {
        return "write a type without lifetimes, such as `String`".to_owned();
    };
    match ungrouped(&reference.elem) {
        Type::Slice(slice) => format!("write `Vec<{}>`", written(&slice.elem)),
        ty => match signature::name(ty) {
            Some(name) if name == "str" => "write `String`".to_owned(),
            Some(name) if name == CONTEXT => format!("write `{CONTEXT}`: it is cheap to clone"),
            _ => format!("write `{}`", written(ty)),
        },
    }
}

/// Lifetimes are not worth a word of their own where what they borrow was reported.
fn check_generics(signature: &Signature, borrows: bool, errors: &mut Errors) {
    let generics = &signature.generics;
    let (parameters, help) = match signature::type_parameters(signature) {
        Some(parameters) => {
            (parameters, "a model gives arguments of known types: write them in place of the parameters")
        }
        None if generics.params.is_empty() || borrows => return,
        None => {
            let (open, params, close) = (&generics.lt_token, &generics.params, &generics.gt_token);
            (quote!(#open #params #close), "remove the lifetime: a tool owns what it is given")
        }
    };
    errors.push(parameters, format!("tool `{}` must not be generic", signature.ident), help);
}

fn check_result(signature: &Signature, errors: &mut Errors) -> Option<()> {
    let ReturnType::Type(_, ty) = &signature.output else { return Some(()) };
    let tool = &signature.ident;
    if signature::returns_future(signature) {
        let help =
            format!("write `async fn {tool}`, and put `#[tool]` above an attribute that wrote the future");
        errors.push(ty, format!("tool `{tool}` must not return a future"), help);
    } else if is_anonymous(ty) {
        let help = "write the type that is returned: a text, or one with `serde::Serialize`";
        errors.push(ty, format!("tool `{tool}` must not return `impl Trait`"), help);
    } else if borrows(&ty.to_token_stream()) {
        // There is nothing to borrow from: of a parameter, it is reported there; of nothing, rustc asks for the
        // lifetime.
        return None;
    }
    Some(())
}

/// Whether `impl Trait` occurs in the type.
fn is_anonymous(ty: &Type) -> bool {
    mentions(&ty.to_token_stream(), &["impl"])
}

/// Whether a reference or a lifetime other than `'static` occurs.
pub(super) fn borrows(tokens: &TokenStream) -> bool {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match token {
            TokenTree::Group(group) => borrows(&group.stream()),
            TokenTree::Punct(punct) if punct.as_char() == '&' => {
                !matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '\'')
            }
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                !matches!(tokens.peek(), Some(TokenTree::Ident(name)) if name == "static")
            }
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

/// The type as a person would write it.
fn written(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string();
    text.replace(" :: ", "::").replace(" <", "<").replace("< ", "<").replace(" >", ">").replace(" ,", ",")
}
