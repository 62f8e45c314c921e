//! The values that keys can have, each judged by what its literal says.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Lit, LitStr, Path, UnOp};

use crate::diagnostics::Errors;
use crate::keyword::{Policy, did_you_mean};
use crate::path::{runtime, runtime_at};
use crate::signature::mentions;

/// A hundred years of seconds, as in `alphora_runtime::private::seconds`: what is longer overflows clocks.
const LONGEST: u64 = 100 * 365 * 24 * 60 * 60;

/// A number that any key could have.
const EXAMPLE: &str = "3600";

/// A number, as a literal that is known to be good, or as a constant that rustc judges.
pub(crate) enum Number {
    Literal(TokenStream),
    Constant(Expr),
}

/// A word of a policy, known to be one.
pub(crate) struct Word {
    ty: &'static str,
    word: &'static str,
}

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Items,
}

impl Unit {
    fn most(self) -> u64 {
        match self {
            Self::Seconds => LONGEST,
            // Sizes have 32 bits on some targets.
            Self::Items => u64::from(u32::MAX),
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Seconds => "whole seconds",
            Self::Items => "a whole number",
        }
    }
}

impl Word {
    /// The variant of the policy's type.
    pub(crate) fn expand(&self) -> TokenStream {
        let (first, rest) = self.word.split_at(1);
        let variant = Ident::new(&(first.to_uppercase() + rest), Span::call_site());
        let (rt, ty) = (runtime(), Ident::new(self.ty, Span::call_site()));
        quote!(#rt::#ty::#variant)
    }
}

impl Number {
    /// The number as an expression, which rustc judges if nobody has yet.
    pub(crate) fn expand(&self, key: &Ident, unit: Unit) -> TokenStream {
        let constant = match self {
            Self::Literal(literal) => return literal.clone(),
            Self::Constant(constant) => constant,
        };
        let span = constant.span();
        let rt = runtime_at(span);
        let message = bounds(&key.to_string(), unit);
        let (check, ty) = match unit {
            Unit::Seconds => (quote_spanned!(span=> seconds), quote!(u64)),
            Unit::Items => (quote_spanned!(span=> whole), quote!(usize)),
        };
        let value = Ident::new("__VALUE", Span::mixed_site().located_at(span));
        let checked = quote_spanned!(span=> #rt::#check(#constant, #message));
        // A constant of its own, since only those are computed when the crate is checked.
        quote_spanned!(span=> { const #value: ::core::primitive::#ty = #checked; #value })
    }
}

/// A text.
pub(crate) fn text(key: &Ident, value: &Expr, errors: &mut Errors) -> Option<LitStr> {
    match ungrouped(value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => return Some(text.clone()),
            other => {
                let help = "write it in quotes";
                errors.push(other, format!("`{key}` must be a string, not {}", kind(other)), help);
            }
        },
        other => {
            let help = "the text is checked while compiling, so it has to stand here, in quotes";
            errors.push(other, format!("`{key}` must be a string literal"), help);
        }
    }
    None
}

/// A number of at least one.
pub(crate) fn number(key: &Ident, value: &Expr, unit: Unit, errors: &mut Errors) -> Option<Number> {
    match ungrouped(value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(integer) => match integer.base10_parse::<u64>() {
                Ok(0) => too_small(key, value, unit, errors),
                Ok(number) if number <= unit.most() && suffix_fits(integer.suffix(), unit) => {
                    let mut plain = proc_macro2::Literal::u64_unsuffixed(number);
                    plain.set_span(integer.span());
                    return Some(Number::Literal(quote!(#plain)));
                }
                Ok(number) if number <= unit.most() => {
                    let message = format!("`{key}` must be {}, without a type", unit.title());
                    errors.push(value, message, format!("write `{key} = {number}`"));
                }
                _ => {
                    let most = unit.most();
                    errors.push(value, format!("`{key}` must be at most {most}"), "write a smaller number");
                }
            },
            Lit::Float(_) => {
                let help = format!("write {} without a point", unit.title());
                errors.push(value, format!("`{key}` must be an integer, not a float"), help);
            }
            Lit::Str(text) => {
                let help = if text.value().parse::<u64>().is_ok() {
                    "remove the quotes".to_owned()
                } else {
                    format!("write {}: `{key} = {EXAMPLE}`", unit.title())
                };
                errors.push(value, format!("`{key}` must be an integer, not a string"), help);
            }
            other => {
                let help = format!("write {}: `{key} = {EXAMPLE}`", unit.title());
                errors.push(value, format!("`{key}` must be an integer, not {}", kind(other)), help);
            }
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => too_small(key, value, unit, errors),
        constant if mentions(&constant.to_token_stream(), &["Self"]) => {
            let help = format!("write the name of the type in its place: `{key} = Type::CONSTANT`");
            errors.push(value, format!("`{key}` cannot be computed with `Self`"), help);
        }
        constant => match duration(constant) {
            None => return Some(Number::Constant(constant.clone())),
            Some(seconds) => {
                let message = format!("`{key}` must be {}, not a `Duration`", unit.title());
                errors.push(value, message, format!("write `{key} = {seconds}`"));
            }
        },
    }
    None
}

/// The seconds of `Duration::from_secs(60)`, or an example for another constructor of a `Duration`.
fn duration(value: &Expr) -> Option<String> {
    let Expr::Call(call) = value else { return None };
    let Expr::Path(function) = ungrouped(&call.func) else { return None };
    let mut segments = function.path.segments.iter().rev();
    let (constructor, ty) = (segments.next()?, segments.next()?);
    if ty.ident != "Duration" {
        return None;
    }
    let seconds = match call.args.first().map(ungrouped) {
        Some(Expr::Lit(literal)) if constructor.ident == "from_secs" => match &literal.lit {
            Lit::Int(seconds) => seconds.base10_digits(),
            _ => EXAMPLE,
        },
        _ => EXAMPLE,
    };
    Some(seconds.to_owned())
}

/// What rustc says when a constant is out of bounds.
fn bounds(key: &str, unit: Unit) -> String {
    match unit {
        Unit::Seconds => format!("`{key}` must be at least 1 and at most {LONGEST} seconds"),
        Unit::Items => format!("`{key}` must be at least 1"),
    }
}

/// `true` or `false`.
pub(crate) fn boolean(key: &Ident, value: &Expr, errors: &mut Errors) -> Option<bool> {
    if let Expr::Lit(literal) = ungrouped(value)
        && let Lit::Bool(boolean) = &literal.lit
    {
        return Some(boolean.value);
    }
    errors.push(value, format!("`{key}` must be `true` or `false`"), format!("write `{key} = true`"));
    None
}

/// One of a policy's words.
pub(crate) fn word(key: &Ident, value: &Expr, policy: &Policy, errors: &mut Errors) -> Option<Word> {
    let words = policy.words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
    let help = format!("write one of {words}");
    let Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) = ungrouped(value) else {
        errors.push(value, format!("`{key}` must be a word in quotes"), help);
        return None;
    };
    let written = text.value();
    let word = policy.words.iter().find(|word| **word == written);
    if word.is_none() {
        let guess = did_you_mean(&written, policy.words.iter().copied());
        errors.push(text, format!("unknown word `{written}` for `{key}`{guess}"), help);
    }
    word.map(|word| Word { ty: policy.ty, word })
}

/// A name: of a method, or of a type to be.
pub(crate) fn name(key: &Ident, value: &Expr, errors: &mut Errors) -> Option<Ident> {
    if let Expr::Path(path) = ungrouped(value)
        && let Some(ident) = path.path.get_ident()
    {
        return Some(ident.clone());
    }
    let help = match ungrouped(value) {
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => "remove the quotes",
        _ => "write one identifier",
    };
    errors.push(value, format!("`{key}` must be a name"), help);
    None
}

/// A path to a crate.
pub(crate) fn path(key: &Ident, value: &Expr, errors: &mut Errors) -> Option<Path> {
    if let Expr::Path(path) = ungrouped(value) {
        return Some(path.path.clone());
    }
    let help = match ungrouped(value) {
        Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => "remove the quotes",
        _ => "write the path of the crate that is `alphora`: `crate = ::my_alphora`",
    };
    errors.push(value, format!("`{key}` must be a path"), help);
    None
}

/// The expression without the invisible brackets that `macro_rules!` puts around `$e:expr`.
pub(crate) fn ungrouped(mut value: &Expr) -> &Expr {
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    value
}

fn too_small(key: &Ident, value: impl ToTokens, unit: Unit, errors: &mut Errors) {
    let help = match unit {
        Unit::Seconds => "write whole seconds",
        Unit::Items => "write a number from 1 on",
    };
    errors.push(value, format!("`{key}` must be at least 1"), help);
}

fn suffix_fits(suffix: &str, unit: Unit) -> bool {
    suffix.is_empty() || suffix == if unit == Unit::Items { "usize" } else { "u64" }
}

fn kind(literal: &Lit) -> &'static str {
    match literal {
        Lit::Str(_) => "a string",
        Lit::ByteStr(_) | Lit::CStr(_) => "a byte string",
        Lit::Byte(_) | Lit::Int(_) => "an integer",
        Lit::Char(_) => "a character",
        Lit::Float(_) => "a float",
        Lit::Bool(_) => "a boolean",
        _ => "such a literal",
    }
}
