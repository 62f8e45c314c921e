//! The struct half as it is known to be right.

use proc_macro2::Ident;
use syn::{Attribute, Generics, ItemStruct, Member, Type};

use crate::path::Facade;

/// A struct that is an agent's.
pub(super) struct State<'a> {
    pub(super) facade: &'a Facade,
    pub(super) item: &'a ItemStruct,
    pub(super) generics: &'a Generics,
    /// The `#[cfg(..)]` attributes of the struct.
    pub(super) conditions: Vec<Attribute>,
    pub(super) fields: Vec<Field<'a>>,
    /// Whether `new` is to be written.
    pub(super) new: bool,
}

/// One field.
pub(super) struct Field<'a> {
    pub(super) member: Member,
    /// The field's name as a parameter of `new`.
    pub(super) parameter: Ident,
    pub(super) ty: &'a Type,
    pub(super) conditions: Vec<Attribute>,
    pub(super) role: Role,
    /// Whether the type depends on a parameter of the struct.
    pub(super) generic: bool,
}

/// Whose a field is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Shared: every request gets a clone.
    Shared,
    /// The session's.
    Memory,
    /// The run's.
    Stream,
}

impl State<'_> {
    /// The field with the role, which at most one has but for [`Role::Shared`].
    pub(super) fn field(&self, role: Role) -> Option<&Field<'_>> {
        self.fields.iter().find(|field| field.role == role)
    }

    /// The fields without a marker.
    pub(super) fn shared(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields.iter().filter(|field| field.role == Role::Shared)
    }
}
