//! What an agent may keep between the turns of one session.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::wire::Message;

/// A type that an agent keeps between the turns of one session: the field marked `#[agent(memory)]`.
///
/// Any type that serde can store is a memory once it says so:
///
/// ```
/// use alphora_runtime::session::Memory;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Default, Serialize, Deserialize)]
/// struct Notes {
///     lines: Vec<String>,
/// }
///
/// impl Memory for Notes {}
/// ```
///
/// A run works on a copy. The copy replaces the session's memory when the run has ended well, and is dropped
/// when it has not. (The seed's `default_memory_cls` is the type of the marked field.)
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as an agent's memory\n\
               help: derive Clone, Default, Serialize and Deserialize and write `impl alphora::Memory for {Self} {{}}`, \
               or use `MemoryManager`",
    label = "not a memory"
)]
pub trait Memory: Clone + Default + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The version of the stored form. Raise it when the type changes so that old sessions no longer fit.
    const VERSION: u32 = 1;

    /// Makes a memory of what an older version has stored.
    ///
    /// # Errors
    /// By default every older version is refused. What was stored is left as it is.
    fn migrate(from: u32, old: Value) -> Result<Self, Error> {
        drop(old);
        Err(Error::new(
            ErrorKind::Memory,
            format!(
                "a session was stored by version {from} of this memory and this is version {}: implement \
                 `Memory::migrate`",
                Self::VERSION
            ),
        ))
    }

    /// Starts the memory of a request that names no session from the messages before its last user message.
    ///
    /// Chat clients resend their whole history with each request; with a session, what they resend is ignored,
    /// and this is not called. By default nothing is taken over.
    fn begin(&mut self, earlier: &[Message]) {
        let _ = earlier;
    }

    /// Whether this memory says anything else than `before`, from which it was made.
    ///
    /// A request that named no session is stored only if it does. By default the JSON of both is compared; a type
    /// that knows better says so. To say `true` without need is safe, to say `false` wrongly loses the change.
    fn changed(&self, before: &Self) -> bool {
        match (serde_json::to_vec(self), serde_json::to_vec(before)) {
            (Ok(after), Ok(before)) => after != before,
            _ => true,
        }
    }

    /// How many bytes this memory counts for against the caps of its pool.
    ///
    /// By default the length of its JSON, which costs one serialisation a turn; a type that knows better says so.
    fn stored_bytes(&self) -> usize {
        json_bytes(self)
    }
}

/// The memory of agents that keep nothing.
impl Memory for () {
    fn changed(&self, (): &Self) -> bool {
        false
    }

    fn stored_bytes(&self) -> usize {
        0
    }
}

/// How long the JSON of a value is, without writing it.
pub(super) fn json_bytes(value: &impl Serialize) -> usize {
    let mut counter = Counter(0);
    match serde_json::to_writer(&mut counter, value) {
        Ok(()) => counter.0,
        // What cannot be stored counts as too large, and is refused with its size.
        Err(_) => usize::MAX,
    }
}

struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
