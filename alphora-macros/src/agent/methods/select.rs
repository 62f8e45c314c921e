//! Which methods are exposed: the marked ones, the one that is named, or `run`.

use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{ImplItem, ImplItemFn};

use super::parse::Written;
use crate::arguments::Arguments;
use crate::diagnostics::{Errors, joined};
use crate::keyword::{self, METHOD};
use crate::value;

/// The method that is exposed when nothing else is said.
const DEFAULT: &str = "run";

/// A method to be exposed, with what its marker says.
pub(super) type Selected<'a> = (&'a ImplItemFn, Option<&'a Arguments>);

pub(super) fn select<'a>(written: &'a Written, errors: &mut Errors) -> Vec<Selected<'a>> {
    let methods = || {
        written.item.items.iter().zip(&written.marks).filter_map(|(item, mark)| match item {
            ImplItem::Fn(method) => Some((method, mark.as_ref())),
            _ => None,
        })
    };
    let marked: Vec<_> = methods().filter(|(_, mark)| mark.is_some()).collect();
    let named = written.arguments.get(METHOD);
    if !marked.is_empty() {
        if let Some((key, value)) = named {
            let both = joined(key, value);
            let message = "`method` and marked methods exclude each other";
            errors.push(both, message, "remove `method = ..`, or the `#[agent]` above the methods");
        }
        return marked;
    }
    let wanted = match named {
        None => None,
        Some((key, value)) => match value::name(key, value, errors) {
            Some(name) => Some(name),
            None => return Vec::new(),
        },
    };
    let name = wanted.as_ref().map_or_else(|| DEFAULT.to_owned(), |name| name.unraw().to_string());
    let mut selected: Vec<_> = methods().filter(|(method, _)| method.sig.ident.unraw() == name).collect();
    // Several of one name are alternatives behind `#[cfg]`, or rustc says that they are not.
    if selected
        .iter()
        .any(|(method, _)| !method.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")))
    {
        selected.truncate(1);
    }
    if selected.is_empty() {
        let present: Vec<String> =
            methods().map(|(method, _)| method.sig.ident.unraw().to_string()).collect();
        let guess = keyword::did_you_mean(&name, present.iter().map(String::as_str));
        let message = format!("no method `{name}` in this impl block{guess}");
        let opaque = written.item.items.iter().any(|item| matches!(item, ImplItem::Macro(_)));
        let help = if opaque {
            "what a macro inside the block writes is not visible here: write the method itself".to_owned()
        } else {
            format!(
                "write `pub async fn {name}(&self, request: OpenAIRequest) -> alphora::Result`, or name another \
                 with `#[agent(method = ..)]`"
            )
        };
        match wanted {
            Some(name) => errors.push(name, message, help),
            None => errors.push(written.item.self_ty.to_token_stream(), message, help),
        }
    }
    selected
}
