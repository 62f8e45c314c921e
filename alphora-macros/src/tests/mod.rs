//! Golden expansions: what is generated for each file in `tests/expand/input`, as a reader would see it.
//!
//! `ALPHORA_EXPAND=overwrite cargo test -p alphora-macros` writes the files anew.

mod budget;
mod golden;
mod names;
mod odd;

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, File, Item, Meta};

/// The folder of the golden files.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand")
}

/// The names of the cases.
fn cases() -> Vec<String> {
    let files = std::fs::read_dir(folder().join("input")).unwrap();
    let mut names: Vec<_> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// The items of a case.
fn input(case: &str) -> File {
    let path = folder().join("input").join(format!("{case}.rs"));
    syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The items of a case with our attributes expanded.
fn expanded(case: &str) -> File {
    let items = input(case).items.into_iter().map(expand);
    syn::parse2(items.collect()).unwrap_or_else(|error| panic!("{case}: the expansion is no Rust: {error}"))
}

/// The item with its attribute of ours, if it has one, expanded.
fn expand(mut item: Item) -> TokenStream {
    let attributes = match &mut item {
        Item::Struct(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        _ => return item.into_token_stream(),
    };
    let Some(index) = attributes.iter().position(is_ours) else { return item.into_token_stream() };
    let attribute = attributes.remove(index);
    let arguments = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    if attribute.path().is_ident("agent") {
        crate::agent::expand(arguments, item.into_token_stream())
    } else if attribute.path().is_ident("tool") {
        crate::tool::expand(arguments, &item.into_token_stream())
    } else {
        crate::entry::expand(arguments, &item.into_token_stream())
    }
}

fn is_ours(attribute: &Attribute) -> bool {
    let path = attribute.path();
    path.is_ident("agent")
        || path.is_ident("tool")
        || path.segments.first().is_some_and(|first| first.ident == "alphora")
}
