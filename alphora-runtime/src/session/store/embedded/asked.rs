//! What is asked of the writer, and its answer.

use tokio::sync::oneshot;

use super::work::{Stop, Work};
use crate::session::store::StoreError;

/// Something that is done in a transaction, together with others.
pub(super) trait Asked: Send {
    /// Does it. What it is told is that the file cannot be used.
    fn work(&mut self, work: &mut Work<'_>) -> Result<(), Box<redb::Error>>;

    /// Answers, once the transaction is on the disk or has failed.
    fn answer(self: Box<Self>, failed: Option<&StoreError>);

    /// How many bytes it brings along.
    fn bytes(&self) -> usize;
}

/// One operation.
pub(super) struct Operation<T, F> {
    pub(super) run: F,
    pub(super) bytes: usize,
    pub(super) outcome: Option<Result<T, StoreError>>,
    pub(super) reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Asked for Operation<T, F>
where
    T: Send,
    F: FnMut(&mut Work<'_>) -> Result<T, Stop> + Send,
{
    fn work(&mut self, work: &mut Work<'_>) -> Result<(), Box<redb::Error>> {
        self.outcome = Some(match (self.run)(work) {
            Ok(done) => Ok(done),
            Err(Stop::Refused(error)) => Err(error),
            Err(Stop::Broken(error)) => return Err(error),
        });
        Ok(())
    }

    fn answer(self: Box<Self>, failed: Option<&StoreError>) {
        let outcome = match (failed, self.outcome) {
            (None, Some(outcome)) => outcome,
            (None, None) => Err(StoreError::unavailable("it was not asked")),
            (Some(failed), _) => Err(failed.clone()),
        };
        // Whoever has asked may have left.
        let _ = self.reply.send(outcome);
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}
