//! What is written on the function and its parameters, whatever it means.

use proc_macro2::TokenStream;
use syn::ext::IdentExt as _;
use syn::{Attribute, Expr, ExprLit, FnArg, ItemFn, Lit, Pat, PatType, Visibility, parse_quote};

use crate::arguments::{self, Arguments};
use crate::attribute::conditions;
use crate::diagnostics::Errors;
use crate::keyword::{CRATE, DESCRIPTION, Place, TOOL};
use crate::path::Facade;
use crate::signature;
use crate::value;

/// The function without what is said of the tool, and that.
pub(super) struct Written {
    pub(super) facade: Facade,
    pub(super) arguments: Arguments,
    /// The `#[cfg(..)]` attributes.
    pub(super) conditions: Vec<Attribute>,
    /// What stands above the struct: documentation, and what is said of whoever uses the tool.
    pub(super) above: Vec<Attribute>,
    pub(super) visibility: Visibility,
    /// The function as it is given back to the user's crate.
    pub(super) function: ItemFn,
    /// The comments above each parameter, `self` included. rustc takes them nowhere else.
    pub(super) comments: Vec<Vec<Attribute>>,
}

impl Written {
    /// The names of the parameters that have one, as a model reads them.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        signature::parameters(&self.function.sig).filter_map(name)
    }
}

pub(super) fn parse(arguments: TokenStream, mut function: ItemFn, errors: &mut Errors) -> Written {
    let names: Vec<String> = signature::parameters(&function.sig).filter_map(name).collect();
    let arguments = arguments::read(arguments, Place::Tool, &names, errors);
    let facade = arguments.get(CRATE).and_then(|(key, path)| value::path(key, path, errors));
    let conditions = conditions(&function.attrs);
    let visibility = std::mem::replace(&mut function.vis, Visibility::Inherited);
    refuse_second(&mut function, errors);
    // What is allowed in the function may be meant for its name too, which is now the struct's.
    let above = function.attrs.iter().filter(|attribute| is_of_name(attribute) || is(attribute, "allow"));
    let mut above: Vec<_> = above.cloned().collect();
    if !above.iter().any(|above| is(above, "doc"))
        && let Some((_, description)) = arguments.get(DESCRIPTION)
        && let Expr::Lit(ExprLit { lit: Lit::Str(description), .. }) = value::ungrouped(description)
    {
        // People read it too.
        above.push(parse_quote!(#[doc = #description]));
    }
    function.attrs.retain(|attribute| !is_of_name(attribute) && !is(attribute, "cfg"));
    let comments = function.sig.inputs.iter_mut().map(comments).collect();
    Written {
        facade: facade.map(Facade::at).unwrap_or_default(),
        arguments,
        conditions,
        above,
        visibility,
        function,
        comments,
    }
}

/// The name of a parameter that has one, as a model reads it.
pub(super) fn name(parameter: &PatType) -> Option<String> {
    match &*parameter.pat {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => {
            Some(name.ident.unraw().to_string())
        }
        _ => None,
    }
}

/// Takes off what would be expanded again inside.
fn refuse_second(function: &mut ItemFn, errors: &mut Errors) {
    let is_tool =
        |attribute: &Attribute| attribute.path().segments.last().is_some_and(|segment| segment.ident == TOOL);
    for second in function.attrs.iter().filter(|attribute| is_tool(attribute)) {
        let help = "write all keys into one `#[tool(..)]`";
        errors.push(second, format!("`{}` is marked as a tool twice", function.sig.ident), help);
    }
    function.attrs.retain(|attribute| !is_tool(attribute));
}

/// Takes the comments off a parameter.
fn comments(input: &mut FnArg) -> Vec<Attribute> {
    let attributes = match input {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(parameter) => &mut parameter.attrs,
    };
    let (comments, others) =
        std::mem::take(attributes).into_iter().partition(|attribute| is(attribute, "doc"));
    *attributes = others;
    comments
}

/// Whether an attribute says something of the name, for whoever uses it.
fn is_of_name(attribute: &Attribute) -> bool {
    is(attribute, "doc") || is(attribute, "deprecated")
}

fn is(attribute: &Attribute, name: &str) -> bool {
    attribute.path().is_ident(name)
}
