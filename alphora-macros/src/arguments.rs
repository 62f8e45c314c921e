//! The grammar of `#[agent(key = value, ..)]` and `#[tool(..)]`, and the rules that hold for any key.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, LitStr, Token, token};

use crate::diagnostics::{Errors, joined};
use crate::keyword::{self, Place};

/// One `key = value`.
struct Argument {
    key: Ident,
    value: Option<Expr>,
}

/// The arguments of one attribute: known keys, each once, each with a value.
pub(crate) struct Arguments(Vec<(Ident, Expr)>);

impl Arguments {
    /// The key and value of `key`, if it was given.
    pub(crate) fn get(&self, key: &str) -> Option<(&Ident, &Expr)> {
        self.0.iter().find(|(given, _)| given.unraw() == key).map(|(key, value)| (key, value))
    }
}

/// Reads the arguments of an attribute at `place`, where `own` are known besides the words of any such place.
pub(crate) fn read(tokens: TokenStream, place: Place, own: &[String], errors: &mut Errors) -> Arguments {
    let known: Vec<&str> = place.words().iter().copied().chain(own.iter().map(String::as_str)).collect();
    let mut seen: Vec<Ident> = Vec::new();
    let mut misplaced: Vec<Ident> = Vec::new();
    let mut good = Vec::new();
    for Argument { key, value } in parse(tokens, place, errors) {
        let word = key.unraw().to_string();
        if !known.contains(&word.as_str()) {
            match place.elsewhere(&word) {
                Some(_) => misplaced.push(key),
                None => unknown(&key, place, &known, errors),
            }
            continue;
        }
        if let Some(first) = seen.iter().find(|first| first.unraw() == word) {
            let both = joined(first, &key);
            errors.push(both, format!("`{key}` is given twice"), "remove one of them");
            continue;
        }
        seen.push(key.clone());
        if let Some(value) = value {
            good.push((key, value));
        } else {
            let help = format!("write `{key} = {}`", example(place, &word));
            errors.push(&key, format!("`{key}` needs a value: `{key} = ..`"), help);
        }
    }
    report_misplaced(&misplaced, place, errors);
    Arguments(good)
}

/// What is written, whatever it means. Each error of grammar is reported; what can be read after it is read.
fn parse(tokens: TokenStream, place: Place, errors: &mut Errors) -> Vec<Argument> {
    let mut arguments = Vec::new();
    let parser = |input: ParseStream| {
        while !input.is_empty() {
            match argument(input, place) {
                Ok(argument) => arguments.push(argument),
                Err(error) => {
                    errors.add(error);
                    skip_to_comma(input)?;
                }
            }
            if input.is_empty() {
                break;
            }
            if let Err(error) = input.parse::<Token![,]>() {
                errors.add(error);
                skip_to_comma(input)?;
                let _: Option<Token![,]> = input.parse()?;
            }
        }
        Ok(())
    };
    // The closure reports by itself and leaves nothing to be reported.
    let _ = parser.parse2(tokens);
    arguments
}

fn argument(input: ParseStream, place: Place) -> syn::Result<Argument> {
    if !input.peek(Ident::peek_any) {
        let help = match input.fork().parse::<LitStr>() {
            Ok(name) if place == Place::Tool => {
                format!("write `{} = {}`", keyword::NAME, name.to_token_stream())
            }
            _ => format!("write `key = value`, as in `{}`", place.example()),
        };
        return Err(input.error(format!("expected a key\nhelp: {help}")));
    }
    let key = input.call(Ident::parse_any)?;
    if input.peek(token::Paren) {
        let example = example(place, &key.unraw().to_string());
        return Err(input.error(format!("expected `=` after `{key}`\nhelp: write `{key} = {example}`")));
    }
    if !input.peek(Token![=]) {
        return Ok(Argument { key, value: None });
    }
    input.parse::<Token![=]>()?;
    let value = if input.is_empty() || input.peek(Token![,]) { None } else { Some(input.parse()?) };
    Ok(Argument { key, value })
}

fn skip_to_comma(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

fn unknown(key: &Ident, place: Place, known: &[&str], errors: &mut Errors) {
    let guess = keyword::did_you_mean(&key.to_string(), known.iter().copied());
    let known = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let help = format!("the keys of {} are {known}", place.title());
    errors.push(key, format!("unknown key `{key}`{guess}"), help);
}

/// One error for all keys that stand at the wrong place, since they move together.
fn report_misplaced(keys: &[Ident], place: Place, errors: &mut Errors) {
    let Some(first) = keys.first() else { return };
    let Some(right) = place.elsewhere(&first.to_string()) else { return };
    let names = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let (verb, pronoun) = if keys.len() == 1 { ("does", "it") } else { ("do", "them") };
    let message = format!("{names} {verb} not belong on {}", place.title());
    let help = match right {
        Place::Field => format!("write `#[agent({first})]` above the field"),
        _ => format!("write {pronoun} in the `#[agent(..)]` of {}", right.title()),
    };
    errors.push(quote!(#(#keys)*), message, help);
}

/// A value that `key` could have.
fn example(place: Place, key: &str) -> &'static str {
    match key {
        keyword::NAME if place == Place::Tool => "\"search_web\"",
        keyword::PATH => "\"/api/v1\"",
        keyword::NAME => "\"support\"",
        keyword::API_TITLE => "\"{agent_name} API\"",
        keyword::API_DESCRIPTION => "\"{agent_name}.{method_name}\"",
        keyword::METHOD => "chat",
        keyword::CONFIG => "MyConfig",
        keyword::CRATE => "::alphora",
        keyword::NEW | keyword::STRICT => "false",
        keyword::DEFAULT_STREAM => "true",
        keyword::MEMORY_TTL => "3600",
        keyword::MAX_MEMORY_ITEMS => "1000",
        keyword::AUTO_CLEAN_INTERVAL => "600",
        keyword::TIMEOUT => "300",
        keyword::FIRST_EVENT_TIMEOUT | keyword::IDLE_TIMEOUT => "120",
        keyword::KEEP_ALIVE => "15",
        keyword::ON_DISCONNECT => "\"continue\"",
        keyword::CONCURRENCY => "\"reject\"",
        keyword::ON_FAILURE => "\"keep\"",
        keyword::DESCRIPTION => "\"what it does\"",
        _ if place == Place::Tool => "\"what it is\"",
        _ => "..",
    }
}
