//! Everything that is wrong, found before anything is said.

use crate::error::{AgentValidationError, Error};

/// The mistakes that were found until now, in their order.
#[derive(Debug, Default)]
pub(crate) struct Mistakes {
    found: Vec<Mistake>,
    /// There is a source that nobody could read: what is missing may stand in it.
    unread_source: bool,
}

#[derive(Debug)]
enum Mistake {
    Validation(AgentValidationError),
    /// One of another kind, such as a store that cannot be reached.
    Other(Error),
}

impl Mistakes {
    /// Adds one, or each of several; one that was found already is not said twice.
    pub(crate) fn add(&mut self, error: impl Into<Error>) {
        let error = error.into();
        let Some(validation) = error.validation() else { return self.found.push(Mistake::Other(error)) };
        for one in validation.mistakes() {
            if !self.any(|known| known == one) {
                self.found.push(Mistake::Validation(one.clone()));
            }
        }
    }

    /// What there is, or nothing and one mistake more.
    pub(crate) fn note<T, E: Into<Error>>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// Says that a whole source could not be read.
    pub(super) fn leave_unread(&mut self, error: AgentValidationError) {
        self.unread_source = true;
        self.add(error);
    }

    /// Whether it is unknown what `option` was meant to be. What depends on it is not judged then: that would be a
    /// mistake which nobody has made.
    pub(crate) fn concern(&self, option: &str) -> bool {
        self.unread_source
            || self.any(|mistake| match mistake {
                AgentValidationError::InvalidOption { option: known, .. }
                | AgentValidationError::UnusableOption { option: known, .. }
                | AgentValidationError::UnknownOption { suggestion: Some(known), .. } => known == option,
                _ => false,
            })
    }

    /// Whether there is such a mistake of the configuration.
    pub(crate) fn any(&self, is_it: impl Fn(&AgentValidationError) -> bool) -> bool {
        self.found.iter().any(|mistake| matches!(mistake, Mistake::Validation(mistake) if is_it(mistake)))
    }

    /// # Errors
    /// The only mistake, or all of them as one error.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        if self.found.len() > 1 {
            return Err(
                AgentValidationError::Several(self.found.into_iter().map(Mistake::told).collect()).into()
            );
        }
        match self.found.pop() {
            None => Ok(()),
            Some(Mistake::Validation(error)) => Err(error.into()),
            Some(Mistake::Other(error)) => Err(error),
        }
    }

    /// [`finish`](Self::finish) where there can only be mistakes of the configuration.
    pub(super) fn finish_validation(self) -> Result<(), AgentValidationError> {
        let mut found: Vec<_> = self.found.into_iter().map(Mistake::told).collect();
        match found.len() {
            0 => Ok(()),
            1 => Err(found.remove(0)),
            _ => Err(AgentValidationError::Several(found)),
        }
    }
}

impl Mistake {
    fn told(self) -> AgentValidationError {
        match self {
            Self::Validation(error) => error,
            Self::Other(error) => AgentValidationError::Unavailable { reason: error.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn unknown(option: &str) -> AgentValidationError {
        AgentValidationError::UnknownOption {
            place: "here".to_owned(),
            option: option.to_owned(),
            suggestion: Some("addr".to_owned()),
        }
    }

    #[test]
    fn the_only_one_stays_what_it_is() {
        assert!(Mistakes::default().finish().is_ok());
        let mut mistakes = Mistakes::default();
        assert_eq!(mistakes.note(Err::<u8, _>(Error::new(ErrorKind::Io, "no disk"))), None);
        assert_eq!(mistakes.finish().unwrap_err().kind(), ErrorKind::Io);
    }

    #[test]
    fn all_are_told_and_each_once() {
        let mut mistakes = Mistakes::default();
        mistakes.add(AgentValidationError::Several(vec![unknown("adr"), unknown("adress")]));
        mistakes.add(unknown("adr"));
        mistakes.add(Error::new(ErrorKind::Session, "no store"));
        assert!(mistakes.concern("addr") && !mistakes.concern("adr"));
        let error = mistakes.finish().unwrap_err();
        assert_eq!((error.kind(), error.validation().unwrap().mistakes().len()), (ErrorKind::Validation, 3));
        assert!(error.to_string().ends_with("\n- no store"), "{error}");
    }

    #[test]
    fn what_was_not_read_may_say_anything() {
        let mut mistakes = Mistakes::default();
        assert!(!mistakes.concern("addr"));
        mistakes.leave_unread(unknown("x"));
        assert!(mistakes.concern("tls_key"));
    }
}
