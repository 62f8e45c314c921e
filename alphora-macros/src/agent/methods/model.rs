//! The impl half as it is known to be right.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Generics, LitStr, Type};

use crate::path::Facade;
use crate::value::{Number, Unit, Word};

/// An impl block that makes its type an agent.
pub(super) struct Methods<'a> {
    pub(super) facade: &'a Facade,
    pub(super) ty: &'a Type,
    pub(super) generics: &'a Generics,
    /// The `#[cfg(..)]` attributes of the block.
    pub(super) conditions: Vec<Attribute>,
    /// The struct's name.
    pub(super) agent: String,
    /// The name of the configuration.
    pub(super) config: Ident,
    pub(super) options: Options,
    /// At least one.
    pub(super) endpoints: Vec<Endpoint<'a>>,
}

/// What the attribute on the block says, and what one on a method may say of it.
#[derive(Default)]
pub(super) struct Options {
    /// Texts and booleans, in the order in which they are documented.
    pub(super) texts: Vec<(Ident, LitStr)>,
    pub(super) default_stream: Option<(Ident, bool)>,
    pub(super) numbers: Vec<(Ident, Number, Unit)>,
    pub(super) policies: Vec<(Ident, Word)>,
}

/// An exposed method.
pub(super) struct Endpoint<'a> {
    pub(super) method: &'a Ident,
    /// The `#[cfg(..)]` attributes of the method.
    pub(super) conditions: Vec<Attribute>,
    /// The place of `self`, if the method takes the agent.
    pub(super) takes: Option<Span>,
    pub(super) parameter: &'a Type,
    /// The place of what it returns.
    pub(super) returns: Span,
    pub(super) options: Options,
}
