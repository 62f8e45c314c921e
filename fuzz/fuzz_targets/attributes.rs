//! The attribute macros under any tokens: an expansion is always Rust, an error in words among it, and never a panic.

#![no_main]

// A crate of macros exports nothing else, so the target compiles its source.
#[path = "../../alphora-macros/src/agent/mod.rs"]
mod agent;
#[path = "../../alphora-macros/src/arguments.rs"]
mod arguments;
#[path = "../../alphora-macros/src/attribute.rs"]
mod attribute;
#[path = "../../alphora-macros/src/diagnostics.rs"]
mod diagnostics;
#[path = "../../alphora-macros/src/entry.rs"]
mod entry;
#[path = "../../alphora-macros/src/keyword.rs"]
mod keyword;
#[path = "../../alphora-macros/src/path.rs"]
mod path;
#[path = "../../alphora-macros/src/signature.rs"]
mod signature;
#[path = "../../alphora-macros/src/tool/mod.rs"]
mod tool;
#[path = "../../alphora-macros/src/value.rs"]
mod value;

use libfuzzer_sys::fuzz_target;
use proc_macro2::TokenStream;

fuzz_target!(|text: &str| {
    // The compiler has read both as tokens before it calls a macro, and what an attribute stands on as an item.
    let (arguments, item) = text.split_once('\u{1}').unwrap_or(("", text));
    let (Ok(arguments), Ok(item)) = (arguments.parse::<TokenStream>(), item.parse::<TokenStream>()) else {
        return;
    };
    match syn::parse2::<syn::Item>(item.clone()) {
        // To rustc a field without a name is no Rust, and to syn it is.
        Ok(syn::Item::Struct(item))
            if item.fields.iter().flat_map(|field| &field.ident).any(|name| name == "_") =>
        {
            return;
        }
        Ok(_) => (),
        Err(_) => return,
    }
    for expansion in [
        agent::expand(arguments.clone(), item.clone()),
        tool::expand(arguments.clone(), &item),
        entry::expand(arguments, &item),
    ] {
        let shown = expansion.to_string();
        assert!(syn::parse2::<syn::File>(expansion).is_ok(), "no Rust: {shown}");
    }
});
