//! The rules of the impl half that tokens can tell; what depends on types is asked by the expansion.

mod options;
mod signature;

use proc_macro2::Ident;
use quote::{ToTokens, format_ident};
use syn::ext::IdentExt as _;
use syn::{GenericArgument, ItemImpl, Lifetime, LitStr, PathArguments, Type};

use super::model::{Endpoint, Methods, Options};
use super::parse::Written;
use super::select::{self, Selected};
use crate::agent::{OWN, OWN_HELP};
use crate::attribute::conditions;
use crate::diagnostics::{Errors, joined};
use crate::keyword::PATH;
use crate::signature::{name, ungrouped};

/// The model of what is written, if everything is right.
pub(super) fn validate<'a>(written: &'a Written, errors: &mut Errors) -> Option<Methods<'a>> {
    let item = &written.item;
    let Some(name) = name(&item.self_ty) else {
        let help = "it goes on a struct and on the inherent `impl` block that holds its method";
        errors.push(&item.self_ty, "`#[agent]` cannot be on an `impl` of this type", help);
        return None;
    };
    if !check_lifetimes(item, errors) {
        return None;
    }
    let agent = name.unraw().to_string();
    let selected = select::select(written, errors);
    let one = match selected.as_slice() {
        [(method, _)] => Some(method.sig.ident.unraw().to_string()),
        _ => None,
    };
    let options = options::of_block(&written.arguments, &agent, one.as_deref(), errors);
    let mut endpoints = Vec::new();
    for (method, mark) in &selected {
        let options = match mark {
            Some(mark) => options::of_method(mark, &agent, &method.sig.ident.unraw().to_string(), errors),
            None => Options::default(),
        };
        endpoints.extend(signature::endpoint(method, options, errors));
    }
    check_shared_path(&options, &endpoints, &selected, errors);
    check_paths(&options, &endpoints, &selected, errors);
    errors.is_empty().then(|| Methods {
        facade: &written.facade,
        ty: &item.self_ty,
        generics: &item.generics,
        conditions: conditions(&item.attrs),
        config: written.config.clone().unwrap_or_else(|| config_of(name)),
        agent,
        options,
        endpoints,
    })
}

/// Whether the agent owns its data. If the struct itself has a lifetime, the struct half reports it.
fn check_lifetimes(item: &ItemImpl, errors: &mut Errors) -> bool {
    let of_struct = lifetimes(&item.self_ty).next().is_some();
    for lifetime in item.generics.lifetimes().filter(|_| !of_struct) {
        errors.push(&lifetime.lifetime, OWN, OWN_HELP);
    }
    !of_struct
}

/// The lifetimes that the struct is given.
pub(super) fn lifetimes(ty: &Type) -> impl Iterator<Item = &Lifetime> {
    let last = match ungrouped(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let arguments = last.and_then(|segment| match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Lifetime(lifetime) => Some(lifetime),
        _ => None,
    })
}

/// The configuration's name when none is given: `SupportConfig` for `Support`.
pub(super) fn config_of(agent: &Ident) -> Ident {
    format_ident!("{}Config", agent.unraw(), span = agent.span())
}

/// The block's path is for the methods without one of their own.
fn check_shared_path(
    block: &Options,
    endpoints: &[Endpoint<'_>],
    selected: &[Selected<'_>],
    errors: &mut Errors,
) {
    let Some((key, path)) = block.texts.iter().find(|(key, _)| key == PATH) else { return };
    let complete = !endpoints.is_empty() && endpoints.len() == selected.len();
    if complete && endpoints.iter().all(|endpoint| text(&endpoint.options, PATH).is_some()) {
        let message = "`path` has no effect: every endpoint has its own";
        errors.push(joined(key, path), message, "remove it here, or above one of the methods");
    }
}

/// Each path has one method.
fn check_paths(block: &Options, endpoints: &[Endpoint<'_>], selected: &[Selected<'_>], errors: &mut Errors) {
    // Alternatives behind `#[cfg]` cannot be told apart from the tokens: the server looks at what is left.
    let alternatives = endpoints.iter().any(|endpoint| !endpoint.conditions.is_empty());
    if alternatives || endpoints.len() != selected.len() {
        return;
    }
    let shared = text(block, PATH).map(LitStr::value);
    let mut seen: Vec<(Option<String>, &Endpoint<'_>)> = Vec::new();
    for endpoint in endpoints {
        let own = text(&endpoint.options, PATH);
        let path = own.map(LitStr::value).or_else(|| shared.clone());
        let Some((_, first)) = seen.iter().find(|(seen, _)| *seen == path) else {
            seen.push((path, endpoint));
            continue;
        };
        let place = |endpoint: &Endpoint<'_>| match text(&endpoint.options, PATH) {
            Some(path) => path.to_token_stream(),
            None => endpoint.method.to_token_stream(),
        };
        let message = match &path {
            Some(path) => {
                format!("`path` `{path}` of `{}` is already used by `{}`", endpoint.method, first.method)
            }
            None => format!("`{}` has the same path as `{}`", endpoint.method, first.method),
        };
        let help = format!("write `#[agent(path = \"/{}\")]` above `{0}`", endpoint.method.unraw());
        errors.push(joined(place(first), place(endpoint)), message, help);
    }
}

fn text<'a>(options: &'a Options, key: &str) -> Option<&'a LitStr> {
    options.texts.iter().find(|(given, _)| given == key).map(|(_, text)| text)
}
