//! What a turn asks of the store, from its beginning to its end.

use super::connection::Answer;
use super::failure::corrupt;
use super::owners::OwnerLimits;
use super::reply::{Reply, other_form};
use super::store::RedisStore;
use super::timing::milliseconds;
use crate::session::SessionKey;
use crate::session::store::{
    Begun, Change, Claim, Commit, Committed, Content, Preemption, Record, StoreError, StoreLease,
};

impl RedisStore {
    pub(super) async fn begin_turn(&self, key: &SessionKey, claim: &Claim) -> Result<Begun, StoreError> {
        let place = self.0.keys.place(key);
        let arguments = [
            turn(claim.turn),
            milliseconds(claim.lease).to_string(),
            milliseconds(claim.ttl).to_string(),
            claim.known.map(|stamp| stamp.to_string()).unwrap_or_default(),
            u8::from(claim.named).to_string(),
        ];
        let mut reply = Reply::new(
            self.run(&self.0.sessions.begin, &place, &arguments.each_ref().map(String::as_bytes)).await?,
        )?;
        match reply.text()?.as_str() {
            "granted" => {
                let (fence, version) = (reply.number()?, reply.number()?);
                let content = match reply.text()?.as_str() {
                    "new" => Content::New,
                    "known" => Content::Known,
                    "stored" => Content::Stored(record(version, &mut reply)?),
                    _ => return Err(other_form()),
                };
                let lease = StoreLease { turn: claim.turn, fence, version, duration: claim.lease };
                Ok(Begun::Granted { lease, content })
            }
            "busy" => Ok(Begun::Busy { remaining: reply.milliseconds()? }),
            "replayed" => Ok(Begun::Replayed { version: reply.number()? }),
            answer => Err(refusal(answer)),
        }
    }

    pub(super) async fn renew_lease(
        &self,
        key: &SessionKey,
        lease: &StoreLease,
    ) -> Result<Option<Preemption>, StoreError> {
        let place = self.0.keys.place(key);
        let arguments = [
            turn(lease.turn),
            lease.fence.to_string(),
            milliseconds(lease.duration).to_string(),
            lease.version.to_string(),
        ];
        let mut reply = Reply::new(
            self.run(&self.0.sessions.renew, &place, &arguments.each_ref().map(String::as_bytes)).await?,
        )?;
        match reply.text()?.as_str() {
            "renewed" => match reply.text()?.as_str() {
                "" => Ok(None),
                INTERRUPT => Ok(Some(Preemption::Interrupt)),
                ROLLBACK => Ok(Some(Preemption::Rollback)),
                _ => Err(other_form()),
            },
            answer => Err(refusal(answer)),
        }
    }

    pub(super) async fn commit_turn(
        &self,
        key: &SessionKey,
        lease: &StoreLease,
        commit: &Commit,
    ) -> Result<Committed, StoreError> {
        let limit = self.0.limits.session_bytes;
        let (kind, format, data) = match &commit.change {
            Change::Replace { format, snapshot } => ("replace", *format, snapshot.as_ref()),
            Change::Append { piece } => ("append", 0, piece.as_ref()),
            Change::Touch => ("touch", 0, [].as_slice()),
        };
        let bytes = data.len() as u64;
        if bytes > limit && kind == "replace" {
            // No need to send it.
            return Err(StoreError::TooLarge { bytes, limit });
        }
        let place = self.0.keys.place(key);
        let owner = OwnerLimits::of(&self.0.limits, key.owner());
        let (turn, fence, version) = (turn(lease.turn), lease.fence.to_string(), lease.version.to_string());
        let (ttl, format) = (milliseconds(commit.ttl).to_string(), format.to_string());
        let arguments: [&[u8]; 11] = [
            turn.as_bytes(),
            fence.as_bytes(),
            version.as_bytes(),
            ttl.as_bytes(),
            kind.as_bytes(),
            format.as_bytes(),
            data,
            &limit.to_string().into_bytes(),
            owner.owner.as_bytes(),
            owner.sessions.as_bytes(),
            owner.bytes.as_bytes(),
        ];
        let Answer { value, is_repeated } =
            self.run_once_or_more(&self.0.sessions.commit, &place, &arguments).await?;
        let mut reply = Reply::new(value)?;
        match reply.text()?.as_str() {
            "committed" => Ok(Committed { version: reply.number()?, replayed: reply.number()? == 1 }),
            "large" => Err(StoreError::TooLarge { bytes: reply.number()?, limit }),
            // A session remembers its last commits only. One that was made when it was sent first, and that others
            // have followed or the session's end, looks the same as one that was never made.
            "fenced" | "removed" if is_repeated => Err(StoreError::unavailable(
                "the connection to redis ended before a commit was answered, and redis does not remember whether it \
                 was made",
            )),
            answer => Err(refusal(answer)),
        }
    }

    pub(super) async fn release_lease(&self, key: &SessionKey, lease: &StoreLease) -> Result<(), StoreError> {
        let place = self.0.keys.place(key);
        let (turn, fence) = (turn(lease.turn), lease.fence.to_string());
        self.run(&self.0.sessions.release, &place, &[turn.as_bytes(), fence.as_bytes()]).await?;
        Ok(())
    }

    pub(super) async fn preempt_turn(
        &self,
        key: &SessionKey,
        preemption: Preemption,
    ) -> Result<(), StoreError> {
        let preemption = match preemption {
            Preemption::Interrupt => INTERRUPT,
            Preemption::Rollback => ROLLBACK,
        };
        let place = self.0.keys.place(key);
        self.run(&self.0.sessions.preempt, &place, &[preemption.as_bytes()]).await?;
        Ok(())
    }
}

const INTERRUPT: &str = "interrupt";
const ROLLBACK: &str = "rollback";

/// A turn as the scripts take it.
fn turn(turn: u128) -> String {
    format!("{turn:032x}")
}

/// The rest of an answer that ends with a record.
pub(super) fn record(version: u64, reply: &mut Reply) -> Result<Record, StoreError> {
    let stamp = reply.number()?;
    let format = u32::try_from(reply.number()?).map_err(|_| other_form())?;
    let snapshot = reply.bytes()?;
    let mut list = reply.list()?;
    let mut pieces = Vec::new();
    while !list.is_empty() {
        pieces.push(list.bytes()?);
    }
    Ok(Record { version, stamp, format, snapshot, pieces })
}

/// What the scripts say when they do not do what was asked.
pub(super) fn refusal(answer: &str) -> StoreError {
    match answer {
        "fenced" => StoreError::Fenced,
        "removed" => StoreError::Removed,
        "misused" => corrupt("the session has nothing yet that could be appended to"),
        "torn" => {
            corrupt("parts of the session are missing in redis, or are none that this store has written")
        }
        _ => other_form(),
    }
}
