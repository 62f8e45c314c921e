//! The file of the API keys: what may be written there, and every mistake in it with its line.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::date;
use super::digest::Digest;
use crate::principal::{Limits, Principal};
use crate::server::authentication::mistakes::Mistakes;
use crate::shown::beginning;
use crate::suggestion::nearest;

const FIELDS: [&str; 9] = [
    "sha256",
    "owner",
    "agents",
    "metrics",
    "requests_per_minute",
    "tokens_per_minute",
    "max_runs",
    "expires",
    "disabled",
];

/// Names go into logs, and owners into the keys of stores.
const LONGEST_NAME: usize = 128;

const DIGESTS: &str = "write the 64 hexadecimal digits that `printf %s \"$KEY\" | sha256sum` prints, and not the key \
                       itself";

/// A key that counts.
pub(super) struct Entry {
    pub(super) principal: Principal,
    pub(super) digests: Vec<Digest>,
    /// Seconds since 1970; from then on the key does not count any more.
    pub(super) expires: Option<u64>,
}

/// The keys of a file that count.
pub(super) fn read(text: &str) -> Result<Vec<Entry>, Mistakes> {
    let reader = &mut Reader { text, mistakes: Mistakes::default(), owners: HashMap::new() };
    let entries = match DeTable::parse(text) {
        Ok(table) => reader.entries(table.get_ref()),
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            // Only the words: all else that the error has is the line itself, in which there may be a key.
            reader.mistake(start, error.message());
            Vec::new()
        }
    };
    if reader.mistakes.is_empty() { Ok(entries) } else { Err(std::mem::take(&mut reader.mistakes)) }
}

type Field<'a> = (&'a str, &'a Spanned<DeValue<'a>>);

struct Reader<'t> {
    text: &'t str,
    mistakes: Mistakes,
    /// Which key has a digest.
    owners: HashMap<Digest, String>,
}

impl Reader<'_> {
    fn mistake(&mut self, at: usize, words: impl std::fmt::Display) {
        let text = self.text.as_bytes();
        self.mistakes.add(|| {
            let line = text.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
            format!("line {line}: {words}")
        });
    }

    fn entries(&mut self, table: &DeTable<'_>) -> Vec<Entry> {
        let mut keys = None;
        for (name, value) in table {
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("keys", DeValue::Table(table)) => keys = Some(table),
                (other, _) => {
                    let place = value.span().start.min(name.span().start);
                    let other = shown(other);
                    self.mistake(
                        place,
                        format_args!("`{other}` is not known here: write keys as `[keys.name]`"),
                    );
                }
            }
        }
        // A file that was cut off looks like this as well, so who means it has to say it.
        if keys.is_none() && self.mistakes.is_empty() {
            self.mistake(
                0,
                "there is no key: write `[keys.name]` and below it `sha256 = \"..\"`, or `[keys]` alone to let \
                 nobody in any more",
            );
        }
        // In the order of the file, as are the mistakes then.
        let mut keys: Vec<_> =
            keys.into_iter().flatten().map(|(name, value)| (name.span().start, name, value)).collect();
        keys.sort_unstable_by_key(|(at, ..)| *at);
        keys.into_iter()
            .filter_map(|(at, name, value)| self.entry(at, name.get_ref(), value.get_ref()))
            .collect()
    }

    /// `None` for a key that is disabled, and for one with a mistake.
    fn entry(&mut self, at: usize, name: &str, value: &DeValue<'_>) -> Option<Entry> {
        let DeValue::Table(fields) = value else {
            let name = shown(name);
            self.mistake(
                at,
                format_args!("key `{name}` is not a table: write `[keys.{name}]` and below it its fields"),
            );
            return None;
        };
        if let Err(expected) = check_name(name) {
            self.mistake(at, format_args!("the name `{}` of a key: {expected}", shown(name)));
        }
        let mut entry = Entry { principal: Principal::new(name), digests: Vec::new(), expires: None };
        let (mut limits, mut disabled, mut agents) = (Limits::default(), false, None);
        // In the order of the file.
        let mut ordered: Vec<_> = fields.iter().collect();
        ordered.sort_unstable_by_key(|(field, _)| field.span().start);
        for (field, value) in ordered {
            let field = (field.get_ref().as_ref(), value);
            match field.0 {
                "sha256" => entry.digests = self.digests(name, field),
                "owner" => {
                    if let Some(owner) = self.owner(name, field) {
                        entry.principal = entry.principal.with_owner(owner);
                    }
                }
                "agents" => agents = self.agents(name, field).map(|agents| (field, agents)),
                "metrics" => entry.principal = entry.principal.with_metrics(self.flag(name, field)),
                "disabled" => disabled = self.flag(name, field),
                "requests_per_minute" => limits.requests_per_minute = self.count(name, field),
                "tokens_per_minute" => limits.tokens_per_minute = self.count(name, field),
                "max_runs" => limits.runs = self.count(name, field),
                "expires" => entry.expires = self.date(name, field),
                other => {
                    let meant = nearest(other, FIELDS).map(|field| format!(" (did you mean `{field}`?)"));
                    let (other, meant) = (shown(other), meant.unwrap_or_default());
                    self.of_key(name, field, format_args!("unknown field `{other}`{meant}"));
                }
            }
        }
        if let Some((field, agents)) = agents {
            if agents.is_empty() && !entry.principal.may_read_metrics() {
                self.of_key(
                    name,
                    field,
                    "`agents` names none, so that the key is for nothing: name some, leave it out for all agents, or \
                     set `metrics = true` for a key that only reads the metrics",
                );
            }
            entry.principal = entry.principal.with_agents(agents);
        }
        if !fields.contains_key("sha256") {
            self.mistake(at, format_args!("key `{}` has no `sha256`: {DIGESTS}", shown(name)));
        }
        entry.principal = entry.principal.with_limits(limits);
        (!disabled).then_some(entry)
    }

    fn digests(&mut self, name: &str, (_, value): Field<'_>) -> Vec<Digest> {
        let texts = match value.get_ref() {
            DeValue::String(_) => std::slice::from_ref(value),
            DeValue::Array(texts) if !texts.is_empty() => texts,
            _ => &[],
        };
        if texts.is_empty() {
            self.of_key(name, ("sha256", value), format_args!("`sha256` is not a text: {DIGESTS}"));
        }
        texts.iter().filter_map(|text| self.digest(name, text)).collect()
    }

    fn digest(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<Digest> {
        let field = ("sha256", value);
        let Some(digest) = value.get_ref().as_str().and_then(Digest::from_hex) else {
            // The value may be the key itself: it is not repeated.
            self.of_key(name, field, format_args!("`sha256` is not a digest: {DIGESTS}"));
            return None;
        };
        if digest == Digest::of("") {
            self.of_key(name, field, "`sha256` is the digest of nothing: the key was empty when it was made");
        }
        if let Some(other) = self.owners.insert(digest, name.to_owned()) {
            let other = shown(&other);
            self.of_key(
                name,
                field,
                format_args!("`sha256` is that of key `{other}` too: give each a key of its own"),
            );
        }
        Some(digest)
    }

    fn owner(&mut self, name: &str, field: Field<'_>) -> Option<String> {
        let owner = field.1.get_ref().as_str().ok_or("write a text");
        let checked = owner.and_then(|owner| check_name(owner).map(|()| owner.to_owned()));
        checked.map_err(|expected| self.of_key(name, field, format_args!("`owner`: {expected}"))).ok()
    }

    fn agents(&mut self, name: &str, field: Field<'_>) -> Option<Vec<String>> {
        let expected =
            "`agents` is not a list of names: write `agents = [\"support\"]`, or leave it out for all agents";
        let agents = field.1.get_ref().as_array().and_then(|agents| {
            agents.iter().map(|agent| agent.get_ref().as_str().map(str::to_owned)).collect()
        });
        self.or_mistake(agents, name, field, expected)
    }

    fn flag(&mut self, name: &str, field: Field<'_>) -> bool {
        let flag = field.1.get_ref().as_bool();
        let expected = format_args!("`{}`: write `true` or `false`", field.0);
        self.or_mistake(flag, name, field, expected).is_some_and(|flag| flag)
    }

    fn count(&mut self, name: &str, field: Field<'_>) -> Option<u64> {
        let number = field.1.get_ref().as_integer();
        let number = number.and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        // The store's counters, and TOML's numbers, end there.
        let number = number.filter(|number| (1..=i64::MAX.cast_unsigned()).contains(number));
        let expected =
            format_args!("`{}`: write a whole number above zero, or leave it out for no limit", field.0);
        self.or_mistake(number, name, field, expected)
    }

    fn date(&mut self, name: &str, field: Field<'_>) -> Option<u64> {
        let seconds = field.1.get_ref().as_datetime().and_then(date::seconds);
        let expected = "`expires`: write a date such as 2027-01-31, or a time with its zone such as \
                        2027-01-31T12:00:00Z, without quotes";
        self.or_mistake(seconds, name, field, expected)
    }

    /// Notes what is wrong with a key's field if there is nothing to read.
    fn or_mistake<T>(
        &mut self,
        read: Option<T>,
        name: &str,
        field: Field<'_>,
        words: impl std::fmt::Display,
    ) -> Option<T> {
        if read.is_none() {
            self.of_key(name, field, words);
        }
        read
    }

    fn of_key(&mut self, name: &str, (_, value): Field<'_>, words: impl std::fmt::Display) {
        self.mistake(value.span().start, format_args!("key `{}`: {words}", shown(name)));
    }
}

/// Whether logs and stores can have a name.
fn check_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err("write from 1 to 128 bytes");
    }
    if name.chars().any(char::is_control) || name.trim() != name {
        return Err("write it without control characters, and without spaces around it");
    }
    Ok(())
}

/// What somebody has written as a name, for a log.
fn shown(name: &str) -> String {
    beginning(name).escape_debug().to_string()
}
