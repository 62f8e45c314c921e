//! Which names generated code may say.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

use super::{cases, expanded, input};

/// Every identifier, in order.
fn identifiers(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => found.push(ident.to_string()),
            TokenTree::Group(group) => identifiers(group.stream(), found),
            _ => {}
        }
    }
}

fn identifiers_of(file: &syn::File) -> Vec<String> {
    let mut found = Vec::new();
    identifiers(file.to_token_stream(), &mut found);
    found
}

/// The paths that start at a crate: the identifiers after a `::` that nothing stands before.
fn crates(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            crates(group.stream(), found);
        }
        let colons =
            |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        let starts = match before {
            Some(TokenTree::Ident(before)) => {
                before == "for" || before == "impl" || before == "as" || before == "use"
            }
            Some(TokenTree::Punct(before)) => before.as_char() != ':' && before.as_char() != '>',
            _ => true,
        };
        if starts
            && colons(index)
            && colons(index + 1)
            && let Some(TokenTree::Ident(name)) = tokens.get(index + 2)
        {
            found.push(name.to_string());
        }
    }
}

#[test]
fn only_core_and_the_facade_are_named() {
    for case in cases() {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        crates(input(&case).to_token_stream(), &mut before);
        crates(expanded(&case).to_token_stream(), &mut after);
        assert!(after.len() > before.len(), "{case}: nothing was found");
        let allowed: &[&str] = match case.as_str() {
            // `fn main` is the one item that `core` cannot write.
            "entry" => &["alphora", "core", "std"],
            "renamed" => &["house", "core"],
            _ => &["alphora", "core"],
        };
        for name in after.iter().filter(|name| !before.contains(name)) {
            assert!(allowed.contains(&name.as_str()), "{case} names the crate `{name}`");
        }
    }
}

#[test]
fn another_name_of_the_facade_is_the_only_one() {
    let names = identifiers_of(&expanded("renamed"));
    assert!(names.iter().any(|name| name == "house") && !names.iter().any(|name| name == "alphora"));
}

#[test]
fn the_facade_is_entered_by_one_door() {
    for case in cases() {
        let names = identifiers_of(&expanded(&case));
        for pair in names.windows(2).filter(|pair| pair[0] == "alphora") {
            assert!(["__private", "Result"].contains(&pair[1].as_str()), "{case}: {pair:?}");
        }
    }
}
