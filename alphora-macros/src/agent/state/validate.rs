//! The rules of the struct half that tokens can tell; what depends on types is asked by the expansion.

use proc_macro2::Ident;
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt as _;
use syn::{GenericParam, Generics, Member};

use super::model::{Field, Role, State};
use super::parse::Written;
use crate::agent::{OWN, OWN_HELP};
use crate::attribute::conditions;
use crate::diagnostics::Errors;
use crate::keyword::{self, MEMORY, NEW, Place, STREAM};
use crate::signature::{each_elided, mentions};
use crate::value;

/// The model of what is written, if everything is right.
pub(super) fn validate<'a>(written: &'a Written, errors: &mut Errors) -> Option<State<'a>> {
    let item = &written.item;
    check_lifetimes(&item.generics, errors);
    let new =
        written.arguments.get(NEW).and_then(|(key, new)| value::boolean(key, new, errors)).unwrap_or(true);
    let parameters: Vec<String> = item.generics.params.iter().filter_map(name).collect();
    let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
    let mut taken = Vec::new();
    let mut fields = Vec::new();
    for ((index, field), roles) in item.fields.iter().enumerate().zip(&written.roles) {
        each_elided(&mut field.ty.clone(), &mut |borrow| errors.push(&*borrow, OWN, OWN_HELP));
        let role = role(roles, &mut taken, errors);
        let conditions = conditions(&field.attrs);
        if let (Some(condition), true) = (conditions.first(), role != Role::Shared) {
            errors.push(
                condition,
                "a marked field cannot be behind `#[cfg]`",
                "put `#[cfg]` on the whole struct",
            );
        }
        fields.push(Field {
            member: field.ident.clone().map_or_else(|| Member::from(index), Member::from),
            parameter: field.ident.clone().unwrap_or_else(|| format_ident!("field_{index}")),
            ty: &field.ty,
            conditions,
            role,
            generic: mentions(&field.ty.to_token_stream(), &parameters),
        });
    }
    errors.is_empty().then(|| State {
        facade: &written.facade,
        item,
        generics: &item.generics,
        conditions: conditions(&item.attrs),
        fields,
        new,
    })
}

/// A request outlives the call that published its agent.
fn check_lifetimes(generics: &Generics, errors: &mut Errors) {
    for lifetime in generics.lifetimes() {
        errors.push(&lifetime.lifetime, OWN, OWN_HELP);
    }
}

/// The role that the words above a field give it. `taken` holds the words of the fields before it.
fn role<'a>(words: &'a [Ident], taken: &mut Vec<&'a Ident>, errors: &mut Errors) -> Role {
    let mut role = Role::Shared;
    for word in words {
        let new = match word.unraw().to_string().as_str() {
            MEMORY => Role::Memory,
            STREAM => Role::Stream,
            other => {
                let guess = keyword::did_you_mean(other, Place::Field.words().iter().copied());
                let help = match Place::Field.elsewhere(other) {
                    Some(place) => format!("write `{other}` in the `#[agent(..)]` of {}", place.title()),
                    None => "the roles are `memory` and `stream`".to_owned(),
                };
                errors.push(word, format!("unknown field role `{word}`{guess}"), help);
                continue;
            }
        };
        if role != Role::Shared {
            errors.push(word, "a field has one role", "remove one of them");
        } else if taken.contains(&word) {
            let message = format!("only one field may be the {word}");
            let help = if new == Role::Memory { "put both into one struct" } else { "remove one of them" };
            errors.push(word, message, help);
        }
        role = new;
        taken.push(word);
    }
    role
}

fn name(parameter: &GenericParam) -> Option<String> {
    match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    }
}
