//! Where in a schema or a value something is wrong.

use std::fmt;

/// A place, as a model and a programmer read it: `filter.tags[2]`, and `filter.tags[]` for any element.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'a> {
    Root,
    Property(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, Option<usize>),
}

impl<'a> Path<'a> {
    pub(super) fn property(&'a self, name: &'a str) -> Self {
        Self::Property(self, name)
    }

    pub(super) fn item(&'a self, index: usize) -> Self {
        Self::Item(self, Some(index))
    }

    pub(super) fn any_item(&'a self) -> Self {
        Self::Item(self, None)
    }
}

/// The longest name that is shown whole, in characters.
const LONGEST_NAME: usize = 64;

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Property(Self::Root, name) => write!(f, "{name:.LONGEST_NAME$}"),
            Self::Property(parent, name) => write!(f, "{parent}.{name:.LONGEST_NAME$}"),
            Self::Item(parent, Some(index)) => write!(f, "{parent}[{index}]"),
            Self::Item(parent, None) => write!(f, "{parent}[]"),
        }
    }
}
