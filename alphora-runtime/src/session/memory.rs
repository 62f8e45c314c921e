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

    /// Puts a memory in order that is kept although its run did not end well: the method failed, or was dropped at
    /// one of its `await`s.
    ///
    /// It is called before such a memory is stored, which happens if the agent says `on_failure = "keep"` or a later
    /// turn has interrupted the run. Whatever the method has half done can be taken out here. By default nothing is.
    fn settle(&mut self) {}

    /// Whether this memory says anything else than `before`, from which it was made.
    ///
    /// A request that named no session is stored only if it does. By default the JSON of both is compared; a type
    /// that knows better says so. To say `true` without need is safe, to say `false` wrongly loses the change.
    fn changed(&self, before: &Self) -> bool {
        let Ok(before) = serde_json::to_vec(before) else { return true };
        let mut same = Comparison { expected: &before };
        !(serde_json::to_writer(&mut same, self).is_ok() && same.expected.is_empty())
    }

    /// What was added since `before`, from which this memory was made, as JSON; nothing if anything else was changed.
    ///
    /// A store that outlives the process then writes what a turn has added instead of the whole memory, and from time
    /// to time the whole anew. What [`apply`](Self::apply) makes of `before` and this must equal this memory. By
    /// default nothing, so that everything is stored anew each time that it has [changed](Self::changed).
    ///
    /// ```
    /// use alphora_runtime::session::Memory;
    /// use alphora_runtime::{Error, ErrorKind};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
    /// struct Notes {
    ///     lines: Vec<String>,
    /// }
    ///
    /// impl Memory for Notes {
    ///     fn appended(&self, before: &Self) -> Option<Vec<u8>> {
    ///         let added = self.lines.strip_prefix(before.lines.as_slice())?;
    ///         serde_json::to_vec(added).ok()
    ///     }
    ///
    ///     fn apply(&mut self, _: u32, piece: &[u8]) -> Result<(), Error> {
    ///         let added: Vec<String> = serde_json::from_slice(piece)
    ///             .map_err(|_| Error::new(ErrorKind::Memory, "these are no lines"))?;
    ///         self.lines.extend(added);
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let before = Notes { lines: vec!["one".to_owned()] };
    /// let after = Notes { lines: vec!["one".to_owned(), "two".to_owned()] };
    /// let piece = after.appended(&before).unwrap();
    /// let mut read = before.clone();
    /// read.apply(Notes::VERSION, &piece)?;
    /// assert_eq!((piece.as_slice(), &read), (br#"["two"]"#.as_slice(), &after));
    /// assert_eq!(before.appended(&after), None);
    /// # Ok::<(), Error>(())
    /// ```
    fn appended(&self, before: &Self) -> Option<Vec<u8>> {
        let _ = before;
        None
    }

    /// Adds a piece that [`appended`](Self::appended) has made in version `from` of this memory.
    ///
    /// A piece of an older version comes after a snapshot of that version was [migrated](Self::migrate).
    ///
    /// # Errors
    /// The piece does not fit. Then the session cannot be used, and what was stored is left as it is. By default that
    /// is so for every piece.
    fn apply(&mut self, from: u32, piece: &[u8]) -> Result<(), Error> {
        let _ = piece;
        Err(Error::new(
            ErrorKind::Memory,
            format!(
                "a session was stored in pieces by version {from} of this memory, and this one reads none: implement \
                 `Memory::apply`"
            ),
        ))
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

/// Takes exactly the bytes that are expected, and refuses the first that is another.
struct Comparison<'a> {
    expected: &'a [u8],
}

impl std::io::Write for Comparison<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.expected = self
            .expected
            .strip_prefix(bytes)
            .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidData))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
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
