//! A tool as it is known to be right.

use proc_macro2::Ident;
use syn::Type;

use super::parse::Written;
use crate::value::Number;

/// A function that is a tool.
pub(super) struct Tool<'a> {
    pub(super) written: &'a Written,
    /// The name by which a model calls it.
    pub(super) name: String,
    pub(super) description: String,
    pub(super) parameters: Vec<Parameter<'a>>,
    /// What it returns, unless that is nothing.
    pub(super) result: Option<&'a Type>,
    pub(super) timeout: Option<(Ident, Number)>,
    pub(super) strict: Option<bool>,
}

/// One parameter, which its type may keep out of the schema.
pub(super) struct Parameter<'a> {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) ty: &'a Type,
}
