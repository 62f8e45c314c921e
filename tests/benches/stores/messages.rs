//! A turn of a chat that has many messages already: in memory, with a store behind it, and in a process that has not
//! had the session's last turn.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alphora::session::store::{InMemoryStore, SessionStore};
use alphora::{MemoryManager, MemoryPool};

use crate::Result;
use crate::table::{Spread, Table};

const MESSAGES: [usize; 3] = [10, 1_000, 10_000];

/// Where the sessions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In one pool and nowhere else.
    Pool,
    /// In a store, and the pool has the same as the store.
    Known,
    /// In a store, and another pool has had the last turn.
    Elsewhere,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Pool => "in memory",
            Self::Known => "with a store, in the process that had the last turn",
            Self::Elsewhere => "with a store, in a process that had another turn last",
        }
    }
}

pub(crate) async fn measure(quick: bool, table: &mut Table) -> Result {
    let rounds = if quick { 3 } else { 11 };
    for place in [Place::Pool, Place::Known, Place::Elsewhere] {
        let turns = if place == Place::Elsewhere { 20 } else { 1_000 };
        let mut chats = Vec::new();
        for messages in MESSAGES {
            chats.push(Chat::begin(place, messages).await?);
        }
        let mut times: Vec<Vec<f64>> = MESSAGES.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds {
            for (chat, times) in chats.iter_mut().zip(&mut times) {
                times.push(chat.turns(turns).await?);
            }
        }
        for ((messages, of_chat), shortest) in MESSAGES.iter().zip(&times).zip(std::iter::repeat(&times[0])) {
            let what = format!("a turn of a chat of {messages} messages, {}", place.name());
            let microseconds = Spread::of(of_chat.iter().map(|seconds| seconds * 1e6)).median;
            let ratio = Spread::of(of_chat.iter().zip(shortest).map(|(long, short)| long / short));
            let value = format!("{microseconds:.1} us");
            match place {
                // What a turn does with the memory may not grow with it.
                Place::Pool | Place::Known => table.at_most(what, value, ratio, 3.0),
                Place::Elsewhere => table.row(what, value, ratio),
            }
        }
    }
    Ok(())
}

/// One session, and the pools that have it in turns.
struct Chat {
    pools: Vec<MemoryPool>,
    /// What it is put back to, so that each round finds it as it was.
    beginning: MemoryManager,
}

impl Chat {
    async fn begin(place: Place, messages: usize) -> Result<Self> {
        let pool = || MemoryPool::new(Duration::from_secs(3600), 100).with_max_session_bytes(64 << 20);
        let store: Arc<dyn SessionStore> = Arc::new(InMemoryStore::default());
        let pools = match place {
            Place::Pool => vec![pool()],
            Place::Known => vec![pool().with_store(store)],
            Place::Elsewhere => vec![pool().with_store(store.clone()), pool().with_store(store)],
        };
        let mut beginning = MemoryManager::default();
        for number in 0..messages / 2 {
            add(&mut beginning, number);
        }
        Ok(Self { pools, beginning })
    }

    /// The seconds that one of so many turns takes.
    async fn turns(&mut self, turns: usize) -> Result<f64> {
        // As it was; and once before the clock runs.
        self.pools[0].get_or_create::<MemoryManager>("chat").await?.commit(self.beginning.clone()).await?;
        self.turn(0).await?;
        let begun = Instant::now();
        for number in 1..=turns {
            self.turn(number).await?;
        }
        #[expect(clippy::cast_precision_loss, reason = "these are a thousand")]
        let turns = turns as f64;
        Ok(begun.elapsed().as_secs_f64() / turns)
    }

    async fn turn(&self, number: usize) -> Result {
        let pool = &self.pools[number % self.pools.len()];
        let turn = pool.get_or_create::<MemoryManager>("chat").await?;
        let mut memory = turn.memory();
        add(&mut memory, number);
        turn.commit(memory).await?;
        Ok(())
    }
}

/// A question and its answer.
fn add(memory: &mut MemoryManager, number: usize) {
    memory.add_user(format!("question {number}, of about as many words as people ask"));
    memory.add_assistant(format!("answer {number}, {}", "which is some words longer ".repeat(8)));
}
