//! One task, which asks for turns and does other things to the pool.

use std::any::type_name;
use std::future::poll_fn;
use std::task::Poll;

use shuttle::future::block_on;
use shuttle::rand::{Rng, thread_rng};

use super::trace::{Event, Found};
use super::*;
use crate::session::pool::directory::Place;
use crate::session::pool::tests::model::{Stored, key, owner, with_key};
use crate::session::{Concurrency, SessionError};
use crate::sync::{Section, sections};

pub(super) struct Task {
    nth: u32,
    mix: Mix,
    pool: MemoryPool,
    trace: Arc<Trace>,
    preempted: Arc<Preempted>,
}

impl Task {
    pub(super) fn new(
        nth: u32,
        mix: Mix,
        pool: MemoryPool,
        trace: Arc<Trace>,
        preempted: Arc<Preempted>,
    ) -> Self {
        Self { nth, mix, pool, trace, preempted }
    }

    pub(super) fn run(self) {
        for call in 0..self.mix.calls {
            let turn = self.nth * 100 + call;
            let id = self.mix.first + thread_rng().gen_range(0..self.mix.ids);
            if thread_rng().gen_range(0..100) < self.mix.others {
                self.other(id, turn);
            } else {
                self.turn(id, turn);
            }
        }
    }

    fn turn(&self, id: u8, turn: u32) {
        let impatient = thread_rng().gen_range(0..100) < self.mix.impatient;
        let patience = impatient.then(|| thread_rng().gen_range(0..4));
        let Some(Ok(lease)) = self.ask(id, turn, patience) else { return };
        for _ in 0..thread_rng().gen_range(0..3) {
            thread::yield_now();
        }
        if thread_rng().gen_range(0..4) == 0 {
            drop(lease);
            self.note(id, turn, Event::Leave);
            return;
        }
        let (stored, memory) = Self::memory(id, turn);
        let result = lease.commit_here(memory);
        self.note(id, turn, Event::Commit(stored, result));
    }

    /// Waits for a turn, or looks as often as `patience` says and then gives it up.
    fn ask(&self, id: u8, turn: u32, patience: Option<u32>) -> Option<Result<Lease<Blob>, SessionError>> {
        let concurrency = (thread_rng().gen_range(0..100) < self.mix.claims)
            .then(|| Concurrency::ALL[thread_rng().gen_range(0..Concurrency::ALL.len())]);
        let claim = concurrency.map(|concurrency| self.preempted.claim(turn.into(), concurrency));
        let mut asking = Box::pin(self.pool.lend::<Blob>(key(id), claim.unwrap_or_default()));
        let asked = Instant::now();
        let mut looks = 0;
        let answer = block_on(poll_fn(|context| {
            let answer = asking.as_mut().poll(context);
            let mut sections = sections().into_iter();
            let found = match &answer {
                Poll::Ready(answer) => Some(found(id, answer)),
                Poll::Pending => None,
            };
            if looks == 0 {
                let section = sections.next().unwrap();
                // Without another hold of the lock in this poll, the first one has decided.
                let at_once = if sections.len() == 0 { found.clone() } else { None };
                self.trace.note(section, id, turn, Event::Ask(concurrency, at_once));
            }
            if let Some(section) = sections.next() {
                let found = found.unwrap();
                let failed = found.is_err();
                self.trace.note(section, id, turn, Event::LookAgain(found));
                if failed {
                    self.trace.note(sections.next().unwrap(), id, turn, Event::Leave);
                }
            }
            assert!(sections.next().is_none());
            looks += 1;
            match answer {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending if patience.is_some_and(|patience| looks > patience) => Poll::Ready(None),
                Poll::Pending => {
                    if patience.is_some() {
                        context.waker().wake_by_ref();
                    }
                    Poll::Pending
                }
            }
        }));
        if let Some(Err(SessionError::Busy { waited, .. })) = &answer {
            assert!(Instant::now() - asked >= *waited, "a wait ended before its time");
        }
        drop(asking);
        if answer.is_none() {
            self.note(id, turn, Event::Leave);
        }
        answer
    }

    fn other(&self, id: u8, turn: u32) {
        match thread_rng().gen_range(0..5) {
            0 => {
                let removed = self.pool.remove_here(&key(id));
                self.note(id, turn, Event::Remove(removed));
            }
            1 => {
                let (stored, memory) = Self::memory(id, turn);
                let result = self.pool.insert_unnamed_here(key(id), memory);
                self.note(id, turn, Event::InsertUnnamed(stored, result));
            }
            2 => {
                let removed = self.pool.clean_batch();
                self.note(id, turn, Event::Sweep(removed));
            }
            3 => {
                // No owner has more than ten.
                let place = Place::new("", &owner(id), None);
                let part = self.pool.locked(|state, afterwards| state.list_part(&place, 11, afterwards));
                let listed = part.sessions.iter().map(|summary| (summary.id.clone(), summary.version));
                self.note(id, turn, Event::List(listed.collect()));
            }
            _ => {
                let size = self.pool.size();
                self.note(id, turn, Event::Size(size));
            }
        }
    }

    fn memory(id: u8, turn: u32) -> (Stored, Blob) {
        // Now and then more than a session may have.
        let bytes = thread_rng().gen_range(0..90);
        ((type_name::<Blob>(), turn, with_key(id, bytes)), Blob { tag: turn, bytes })
    }

    /// Notes what the one hold of the lock since the last note was for.
    fn note(&self, id: u8, turn: u32, event: Event) {
        let sections = sections();
        let [section] = <[Section; 1]>::try_from(sections).unwrap();
        self.trace.note(section, id, turn, event);
    }
}

fn found(id: u8, answer: &Result<Lease<Blob>, SessionError>) -> Found {
    let stored = |Blob { tag, bytes }: &Blob| (type_name::<Blob>(), *tag, with_key(id, *bytes));
    answer.as_ref().map(|lease| lease.stored().map(stored)).map_err(Clone::clone)
}
