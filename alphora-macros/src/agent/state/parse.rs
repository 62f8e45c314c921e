//! What is written on the struct and its fields, whatever it means.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Field, ItemStruct, Meta};

use crate::agent::is_marker;
use crate::arguments::{self, Arguments};
use crate::diagnostics::Errors;
use crate::keyword::{CRATE, MEMORY, MEMORY_TYPE, Place, STREAM, STREAM_TYPE};
use crate::path::Facade;
use crate::signature;
use crate::value;

/// The struct without its markers, and the markers.
pub(super) struct Written {
    pub(super) facade: Facade,
    pub(super) arguments: Arguments,
    /// As it is given back to the user's crate.
    pub(super) item: ItemStruct,
    /// For each field, the roles that were written above it.
    pub(super) roles: Vec<Vec<Ident>>,
}

pub(super) fn parse(arguments: TokenStream, mut item: ItemStruct, errors: &mut Errors) -> Written {
    let arguments = arguments::read(arguments, Place::Struct, &[], errors);
    let facade = arguments.get(CRATE).and_then(|(key, path)| value::path(key, path, errors));
    let mut roles = Vec::new();
    for field in &mut item.fields {
        let (markers, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut field.attrs).into_iter().partition(is_marker);
        field.attrs = others;
        if markers.is_empty() {
            roles.push(bare(field, errors).into_iter().collect());
        } else {
            roles.push(markers.iter().flat_map(|marker| words(marker, errors)).collect());
        }
    }
    Written { facade: facade.map(Facade::at).unwrap_or_default(), arguments, item, roles }
}

/// Takes `#[memory]` or `#[stream]` off a field of the type that only a marked field has. On another field it may
/// belong to another macro.
fn bare(field: &mut Field, errors: &mut Errors) -> Option<Ident> {
    let role = match signature::name(&field.ty)?.to_string().as_str() {
        MEMORY_TYPE => MEMORY,
        STREAM_TYPE => STREAM,
        _ => return None,
    };
    let index = field.attrs.iter().position(|attribute| attribute.path().is_ident(role))?;
    let attribute = field.attrs.remove(index);
    let message = format!("the marker of a field is `#[agent({role})]`, not `#[{role}]`");
    errors.push(&attribute, message, format!("write `#[agent({role})]`"));
    attribute.path().get_ident().cloned()
}

/// The words in `#[agent(..)]` above a field.
fn words(marker: &Attribute, errors: &mut Errors) -> Vec<Ident> {
    let help = "write `#[agent(memory)]` or `#[agent(stream)]`";
    let Meta::List(list) = &marker.meta else {
        errors.push(marker.meta.to_token_stream(), "`#[agent]` on a field needs a role", help);
        return Vec::new();
    };
    let parser = |input: ParseStream| input.parse_terminated(Ident::parse_any, syn::Token![,]);
    match parser.parse2(list.tokens.clone()) {
        Ok(words) if words.is_empty() => {
            errors.push(&marker.meta, "`#[agent]` on a field needs a role", help);
            Vec::new()
        }
        Ok(words) => words.into_iter().collect(),
        Err(_) => {
            errors.push(&list.tokens, "the role of a field is one word", help);
            // Whatever follows a role, the field is meant to be marked.
            let first = |input: ParseStream| {
                let word = Ident::parse_any(input)?;
                input.parse::<TokenStream>().map(|_| word)
            };
            let role = first.parse2(list.tokens.clone()).ok();
            role.into_iter().filter(|word| Place::Field.words().iter().any(|known| word == known)).collect()
        }
    }
}
