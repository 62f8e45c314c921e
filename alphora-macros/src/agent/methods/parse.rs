//! What is written on the impl block and its methods, whatever it means.

use proc_macro2::{Ident, TokenStream};
use syn::{ImplItem, ItemImpl, Meta};

use crate::agent::is_marker;
use crate::arguments::{self, Arguments};
use crate::diagnostics::Errors;
use crate::keyword::{CONFIG, CRATE, Place};
use crate::path::Facade;
use crate::value;

/// The impl block without its markers, and the markers.
pub(super) struct Written {
    pub(super) facade: Facade,
    pub(super) arguments: Arguments,
    /// The name of the configuration, if it is given.
    pub(super) config: Option<Ident>,
    /// As it is given back to the user's crate.
    pub(super) item: ItemImpl,
    /// For each item of the block, what was written above it if it is a marked method.
    pub(super) marks: Vec<Option<Arguments>>,
}

pub(super) fn parse(arguments: TokenStream, mut item: ItemImpl, errors: &mut Errors) -> Written {
    let arguments = arguments::read(arguments, Place::Impl, &[], errors);
    let facade = arguments.get(CRATE).and_then(|(key, path)| value::path(key, path, errors));
    let config = arguments.get(CONFIG).and_then(|(key, name)| value::name(key, name, errors));
    let marks = item.items.iter_mut().map(|item| mark(item, errors)).collect();
    Written { facade: facade.map(Facade::at).unwrap_or_default(), arguments, config, item, marks }
}

/// Takes the marker off a method.
fn mark(item: &mut ImplItem, errors: &mut Errors) -> Option<Arguments> {
    let ImplItem::Fn(method) = item else { return None };
    let (mut markers, others): (Vec<_>, _) =
        std::mem::take(&mut method.attrs).into_iter().partition(is_marker);
    method.attrs = others;
    if let Some(second) = markers.get(1) {
        let help = "write all keys into one `#[agent(..)]`";
        errors.push(second, format!("method `{}` is marked twice", method.sig.ident), help);
    }
    let marker = if markers.is_empty() { return None } else { markers.swap_remove(0) };
    let tokens = match marker.meta {
        Meta::List(list) => list.tokens,
        Meta::Path(_) => TokenStream::new(),
        Meta::NameValue(meta) => {
            errors.push(meta, "`#[agent]` takes its keys in parentheses", "write `#[agent(path = \"/a\")]`");
            TokenStream::new()
        }
    };
    Some(arguments::read(tokens, Place::Method, &[], errors))
}
