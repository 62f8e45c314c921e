//! The operations of a turn.

use std::time::Duration;

use super::PostgresStore;
use super::function::{self, column};
use super::names;
use super::rows::record;
use crate::session::SessionKey;
use crate::session::store::{
    Begun, Change, Claim, Commit, Committed, Content, Preemption, StoreError, StoreLease,
};

/// How the tables write a preemption.
pub(super) const INTERRUPT: i16 = 1;
pub(super) const ROLLBACK: i16 = 2;

impl PostgresStore {
    pub(super) async fn begin_turn(&self, key: &SessionKey, claim: &Claim) -> Result<Begun, StoreError> {
        let (agent, owner) = (names::agent(key.agent()), names::owner(key.owner()));
        let turn = claim.turn.to_be_bytes();
        let lease = names::milliseconds(claim.lease);
        let ttl = names::milliseconds(claim.ttl);
        // No stamp is negative.
        let known = claim.known.map_or(-1, names::signed);
        let row = self
            .connections
            .call_for_one(
                &function::BEGIN_TURN,
                &[&agent, &owner, &key.id().as_str(), &turn.as_slice(), &lease, &ttl, &known, &claim.named],
            )
            .await?;
        let number =
            |name| column::<Option<i64>>(&row, name).map(|number| names::unsigned(number.unwrap_or(0)));
        let content = match column::<&str>(&row, "outcome")? {
            "busy" => {
                return Ok(Begun::Busy { remaining: Duration::from_millis(number("remaining")?) });
            }
            "replayed" => return Ok(Begun::Replayed { version: number("stored_version")? }),
            "new" => Content::New,
            "known" => Content::Known,
            "stored" => Content::Stored(record(
                &row,
                number("stored_version")?,
                number("stored_stamp")?,
                number("stored_format")?,
                "stored_pieces",
            )?),
            _ => return Err(unknown_outcome()),
        };
        let lease = StoreLease {
            turn: claim.turn,
            fence: number("granted_fence")?,
            version: number("stored_version")?,
            duration: claim.lease,
        };
        Ok(Begun::Granted { lease, content })
    }

    pub(super) async fn renew_turn(
        &self,
        key: &SessionKey,
        lease: &StoreLease,
    ) -> Result<Option<Preemption>, StoreError> {
        let (agent, owner) = (names::agent(key.agent()), names::owner(key.owner()));
        let (turn, fence) = (lease.turn.to_be_bytes(), names::signed(lease.fence));
        let duration = names::milliseconds(lease.duration);
        let row = self
            .connections
            .call_for_one(
                &function::RENEW_TURN,
                &[&agent, &owner, &key.id().as_str(), &turn.as_slice(), &fence, &duration],
            )
            .await?;
        match column::<&str>(&row, "outcome")? {
            "renewed" => Ok(match column::<Option<i16>>(&row, "heard")? {
                Some(INTERRUPT) => Some(Preemption::Interrupt),
                Some(_) => Some(Preemption::Rollback),
                None => None,
            }),
            "fenced" => Err(StoreError::Fenced),
            "removed" => Err(StoreError::Removed),
            _ => Err(unknown_outcome()),
        }
    }

    pub(super) async fn commit_turn(
        &self,
        key: &SessionKey,
        lease: &StoreLease,
        commit: &Commit,
    ) -> Result<Committed, StoreError> {
        let (agent, owner) = (names::agent(key.agent()), names::owner(key.owner()));
        let (turn, fence) = (lease.turn.to_be_bytes(), names::signed(lease.fence));
        let (kind, format, payload) = match &commit.change {
            Change::Touch => (0_i16, 0_i64, &[][..]),
            Change::Replace { format, snapshot } => (1, i64::from(*format), snapshot.as_ref()),
            Change::Append { piece } => (2, 0, piece.as_ref()),
        };
        let ttl = names::milliseconds(commit.ttl);
        let limit = names::signed(self.limits.session_bytes);
        let id = key.id().as_str();
        let answer = self
            .connections
            .call_once_or_more(
                &function::COMMIT_TURN,
                &[&agent, &owner, &id, &turn.as_slice(), &fence, &kind, &format, &payload, &ttl, &limit],
            )
            .await?;
        let is_repeated = answer.is_repeated;
        let row = answer.row()?;
        let number =
            |name| column::<Option<i64>>(&row, name).map(|number| names::unsigned(number.unwrap_or(0)));
        match column::<&str>(&row, "outcome")? {
            "committed" => Ok(Committed { version: number("made_version")?, replayed: false }),
            "replayed" => Ok(Committed { version: number("made_version")?, replayed: true }),
            // A session remembers its last commits only. One that was made when it was sent first, and that others
            // have followed or the session's end, looks the same as one that was never made.
            "fenced" | "removed" if is_repeated => Err(StoreError::unavailable(
                "the connection to postgres was lost before a commit was answered, and the database does not \
                 remember whether it was made",
            )),
            "fenced" => Err(StoreError::Fenced),
            "removed" => Err(StoreError::Removed),
            "too_large" => {
                Err(StoreError::TooLarge { bytes: number("total")?, limit: self.limits.session_bytes })
            }
            "nothing" => Err(StoreError::Corrupt {
                reason: "a session that begins has nothing to append to".to_owned(),
            }),
            _ => Err(unknown_outcome()),
        }
    }
}

fn unknown_outcome() -> StoreError {
    StoreError::Corrupt { reason: "the database has answered with an outcome that is not known".to_owned() }
}
