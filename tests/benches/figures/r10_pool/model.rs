//! The pool as its documentation describes it: a list, looked through each time.

/// A session as the model has it.
#[derive(Debug, Clone)]
pub(super) struct Modelled {
    pub(super) id: usize,
    /// What is stored: a tag, and how many bytes it takes with its key.
    pub(super) stored: Option<(u64, usize)>,
    named: bool,
    pub(super) in_use: bool,
    /// Deleted while it is in use.
    pub(super) removed: bool,
    last_used: u64,
    /// The place in the order of last uses.
    order: u64,
}

/// All sessions, by a clock of its own in seconds.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) ttl: u64,
    pub(super) most_sessions: usize,
    pub(super) most_bytes: usize,
    pub(super) session_bytes: usize,
    pub(super) clock: u64,
    pub(super) sessions: Vec<Modelled>,
    uses: u64,
    pub(super) evicted: usize,
    pub(super) expired: usize,
}

/// Why something is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Full,
    TooLarge,
    Removed,
    Taken,
}

impl Model {
    pub(super) fn new(ttl: u64, most_sessions: usize, most_bytes: usize, session_bytes: usize) -> Self {
        Self {
            ttl,
            most_sessions,
            most_bytes,
            session_bytes,
            clock: 0,
            sessions: Vec::new(),
            uses: 0,
            evicted: 0,
            expired: 0,
        }
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        self.clock += seconds;
        let before = self.sessions.len();
        let (clock, ttl) = (self.clock, self.ttl);
        self.sessions.retain(|session| session.in_use || clock - session.last_used <= ttl);
        self.expired += before - self.sessions.len();
    }

    pub(super) fn find(&mut self, id: usize) -> Option<&mut Modelled> {
        self.sessions.iter_mut().find(|session| session.id == id)
    }

    pub(super) fn bytes(&self) -> usize {
        self.sessions.iter().filter_map(|session| session.stored).map(|(_, bytes)| bytes).sum()
    }

    /// A turn begins; gives what is stored.
    pub(super) fn begin(&mut self, id: usize) -> Result<Option<u64>, Refused> {
        let clock = self.clock;
        if let Some(session) = self.find(id) {
            (session.in_use, session.named, session.last_used) = (true, true, clock);
            return Ok(session.stored.map(|(tag, _)| tag));
        }
        self.make_room(1, 0, true)?;
        self.add(id, None, true);
        Ok(None)
    }

    /// A turn ends with this memory.
    pub(super) fn commit(&mut self, id: usize, tag: u64, bytes: usize) -> Result<(), Refused> {
        let session = self.find(id).filter(|session| !session.removed);
        let replaced = session.and_then(|session| session.stored).map(|(_, bytes)| bytes);
        let stored = if self.find(id).is_some_and(|session| session.removed) {
            Err(Refused::Removed)
        } else if bytes > self.session_bytes.min(self.most_bytes) {
            Err(Refused::TooLarge)
        } else {
            self.make_room(0, bytes.saturating_sub(replaced.unwrap_or(0)), true)
        };
        if stored.is_ok()
            && let Some(session) = self.find(id)
        {
            session.stored = Some((tag, bytes));
        }
        self.end(id);
        stored
    }

    /// A turn ends.
    pub(super) fn end(&mut self, id: usize) {
        self.uses += 1;
        let (clock, order) = (self.clock, self.uses);
        if let Some(session) = self.find(id) {
            (session.in_use, session.last_used, session.order) = (false, clock, order);
        }
        self.sessions.retain(|session| session.in_use || session.stored.is_some());
    }

    pub(super) fn insert_unnamed(&mut self, id: usize, tag: u64, bytes: usize) -> Result<(), Refused> {
        if self.find(id).is_some() {
            return Err(Refused::Taken);
        }
        if bytes > self.session_bytes.min(self.most_bytes) {
            return Err(Refused::TooLarge);
        }
        self.make_room(1, bytes, false)?;
        self.add(id, Some((tag, bytes)), false);
        self.end(id);
        Ok(())
    }

    pub(super) fn remove(&mut self, id: usize) -> bool {
        let Some(session) = self.find(id) else { return false };
        (session.removed, session.stored) = (session.in_use, None);
        self.sessions.retain(|session| session.in_use || session.stored.is_some());
        true
    }

    fn add(&mut self, id: usize, stored: Option<(u64, usize)>, named: bool) {
        let (last_used, order) = (self.clock, self.uses);
        self.sessions.push(Modelled { id, stored, named, in_use: true, removed: false, last_used, order });
    }

    /// Lets sessions go until there is room, or none if there would not be.
    fn make_room(&mut self, sessions: usize, bytes: usize, for_named: bool) -> Result<(), Refused> {
        let before = self.sessions.clone();
        while self.sessions.len() + sessions > self.most_sessions || self.bytes() + bytes > self.most_bytes {
            let goes = |session: &&Modelled| !session.in_use && (for_named || !session.named);
            let first =
                self.sessions.iter().filter(goes).min_by_key(|session| (session.named, session.order));
            let Some(id) = first.map(|session| session.id) else {
                self.sessions = before;
                return Err(Refused::Full);
            };
            self.sessions.retain(|session| session.id != id);
        }
        self.evicted += before.len() - self.sessions.len();
        Ok(())
    }
}
