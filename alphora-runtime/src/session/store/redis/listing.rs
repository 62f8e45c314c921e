//! What is said of sessions without lending them.

use std::collections::BTreeMap;

use redis::Cmd;

use super::keys::{self, names_before};
use super::reply::{Reply, time};
use super::store::RedisStore;
use super::together::together;
use super::turn::{record, refusal};
use crate::session::store::{Page, PageRequest, SessionSummary, StoreError, StoreStatistics, StoredSession};
use crate::session::{Owner, SessionId, SessionKey};

/// How many sessions a page has at most.
const PAGE: usize = 1_000;

/// Ids of one bucket, and whether there are more after them.
type Part = (Vec<String>, bool);

impl RedisStore {
    pub(super) async fn read_session(&self, key: &SessionKey) -> Result<Option<StoredSession>, StoreError> {
        let place = self.0.keys.place(key);
        let mut reply = Reply::new(self.run(&self.0.sessions.read, &place, &[]).await?)?;
        match reply.text()?.as_str() {
            "none" => Ok(None),
            "stored" => {
                let summary = SessionSummary {
                    id: key.id().clone(),
                    version: reply.number()?,
                    bytes: reply.number()?,
                    created: reply.time()?,
                    last_used: reply.time()?,
                    expires: reply.time()?,
                };
                let record = record(summary.version, &mut reply)?;
                Ok(Some(StoredSession { summary, record }))
            }
            answer => Err(refusal(answer)),
        }
    }

    pub(super) async fn delete_session(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let place = self.0.keys.place(key);
        let mut reply = Reply::new(self.run(&self.0.sessions.delete, &place, &[]).await?)?;
        reply.text()?;
        Ok(reply.number()? == 1)
    }

    pub(super) async fn count_sessions(&self) -> Result<StoreStatistics, StoreError> {
        let script = &self.0.sessions.statistics;
        let counts = together(self.0.keys.all_lists().map(|lists| async move {
            let mut reply = Reply::new(self.run_on_bucket(script, lists, &[]).await?)?;
            Ok::<_, StoreError>((reply.number()?, reply.number()?))
        }));
        let (sessions, bytes) =
            counts.await?.into_iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        Ok(StoreStatistics { sessions, bytes })
    }

    pub(super) async fn list_sessions(
        &self,
        agent: &str,
        owner: &Owner,
        request: &PageRequest,
    ) -> Result<Page, StoreError> {
        let names = names_before(agent, owner);
        let limit = request.limit.clamp(1, PAGE);
        let mut after = request.after.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
        loop {
            let (ids, more) = self.next_ids(&names, &after, limit).await?;
            let Some(last) = ids.last() else { return Ok(Page { sessions: Vec::new(), more: false }) };
            last.clone_into(&mut after);
            let sessions = self.summaries(&names, &ids).await?;
            // A page has at least one session while there are more.
            if !sessions.is_empty() || !more {
                return Ok(Page { sessions, more });
            }
        }
    }

    /// The next ids in their order, from all buckets, and whether there are more.
    async fn next_ids(&self, names: &str, after: &str, limit: usize) -> Result<Part, StoreError> {
        // Ids are spread evenly, so that a bucket rarely has more than this of one page.
        let each = limit.min(2 * limit / self.0.keys.all_lists().count() + 8);
        let range = (format!("({names}{after}"), format!("({}", keys::end_of(names)));
        let parts = together(self.0.keys.all_lists().map(|lists| {
            let (from, to) = &range;
            async move {
                let Some(list) = lists.get(1) else { return Ok((Vec::new(), false)) };
                let mut command = Cmd::new();
                command.arg("ZRANGEBYLEX").arg(list).arg(from).arg(to).arg("LIMIT").arg(0).arg(each + 1);
                let mut reply = Reply::new(self.0.connection.ask(&command).await?)?;
                let mut ids = Vec::new();
                while !reply.is_empty() {
                    ids.extend(reply.text()?.strip_prefix(names).map(str::to_owned));
                }
                let more = ids.len() > each;
                ids.truncate(each);
                Ok::<Part, StoreError>((ids, more))
            }
        }));
        Ok(merge(parts.await?, limit))
    }

    /// What is known of the sessions that are still there, in the order of their ids.
    async fn summaries(&self, names: &str, ids: &[String]) -> Result<Vec<SessionSummary>, StoreError> {
        let mut buckets: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
        for id in ids {
            buckets.entry(keys::bucket(&format!("{names}{id}"))).or_default().push(id);
        }
        let parts = together(buckets.into_iter().map(|(bucket, ids)| async move {
            let places: Vec<_> =
                ids.iter().map(|id| self.0.keys.place_of_member(format!("{names}{id}"))).collect();
            let mut keys: Vec<&str> = self.0.keys.lists(bucket).iter().map(String::as_str).collect();
            keys.extend(places.iter().map(|place| place.session.as_str()));
            let answer = self.0.connection.run(&self.0.sessions.heads, &keys, &[]).await?;
            let mut reply = Reply::new(answer.value)?;
            let mut found = Vec::new();
            for id in ids {
                found.extend(summary(id, &reply.text()?)?);
            }
            Ok::<_, StoreError>(found)
        }));
        let mut summaries: Vec<SessionSummary> = parts.await?.into_iter().flatten().collect();
        summaries.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        Ok(summaries)
    }
}

/// What a head says of a session. One that has expired has none, and one that was deleted and began anew is not there
/// yet.
fn summary(id: &str, head: &str) -> Result<Option<SessionSummary>, StoreError> {
    if head.is_empty() {
        return Ok(None);
    }
    let numbers: Vec<u64> = head.split(' ').map_while(|number| number.parse().ok()).collect();
    let (&[version, _, _, _, bytes, created, last_used, expires, _], Ok(id)) =
        (&numbers[..], SessionId::parse(id))
    else {
        return Err(refusal("torn"));
    };
    if version == 0 {
        return Ok(None);
    }
    let (created, last_used, expires) = (time(created)?, time(last_used)?, time(expires)?);
    Ok(Some(SessionSummary { id, version, bytes, created, last_used, expires }))
}

/// Puts what the buckets have said into one order. Beyond the end of a bucket that has more, nothing is known.
fn merge(parts: Vec<Part>, limit: usize) -> Part {
    let known = parts.iter().filter(|(_, more)| *more).filter_map(|(ids, _)| ids.last()).min().cloned();
    let is_cut = known.is_some();
    let mut ids: Vec<String> = parts.into_iter().flat_map(|(ids, _)| ids).collect();
    ids.sort_unstable();
    if let Some(known) = known {
        ids.truncate(ids.partition_point(|id| *id <= known));
    }
    let more = is_cut || ids.len() > limit;
    ids.truncate(limit);
    (ids, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_up_to_what_is_known() {
        let part = |ids: &[&str], more| (ids.iter().map(ToString::to_string).collect::<Vec<_>>(), more);
        let merged = |parts: &[Part], limit| merge(parts.to_vec(), limit);
        assert_eq!(
            merged(&[part(&["b", "d"], false), part(&["a", "c"], false)], 9),
            part(&["a", "b", "c", "d"], false)
        );
        assert_eq!(
            merged(&[part(&["b", "d"], false), part(&["a", "c"], false)], 3),
            part(&["a", "b", "c"], true)
        );
        // The second may have one between c and d.
        assert_eq!(
            merged(&[part(&["b", "d"], false), part(&["a", "c"], true)], 9),
            part(&["a", "b", "c"], true)
        );
        assert_eq!(merged(&[part(&[], false)], 1), part(&[], false));
    }
}
