//! Where in a request a value stands, written out only when something is wrong with it.

use std::fmt;

use super::request_error::excerpt;

/// A place in a request: `messages[2].content[1].type`. Cheap to extend, because it borrows its parent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'p> {
    Root,
    Field(&'p str),
    Index(usize),
}

impl<'p> Path<'p> {
    /// The whole text.
    pub(super) const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    pub(super) fn field(&'p self, name: &'p str) -> Path<'p> {
        Path { parent: Some(self), step: Step::Field(name) }
    }

    pub(super) fn index(&'p self, index: usize) -> Path<'p> {
        Path { parent: Some(self), step: Step::Index(index) }
    }

    /// The path for `error.param`; the whole text has none.
    pub(super) fn param(&self) -> Option<String> {
        (!matches!(self.step, Step::Root)).then(|| self.to_string())
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) => {
                let nested = self.parent.is_some_and(|parent| !matches!(parent.step, Step::Root));
                // A name may be the client's, where an agent asks for a field that the client named.
                write!(f, "{}{}", if nested { "." } else { "" }, excerpt(name))
            }
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}
