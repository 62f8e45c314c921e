//! One value of an option, from a file or a variable, and what it can be read as.

use std::time::Duration;

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    List(Vec<Value>),
    /// Something that no option can be.
    Other(String),
}

impl Value {
    pub(super) fn text(&self) -> Result<String, String> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            _ => Err("write a text in quotes".to_owned()),
        }
    }

    pub(super) fn boolean(&self) -> Result<bool, String> {
        match self {
            Self::Boolean(value) => Ok(*value),
            Self::Text(text) if text == "true" || text == "1" => Ok(true),
            Self::Text(text) if text == "false" || text == "0" => Ok(false),
            _ => Err("write `true` or `false`".to_owned()),
        }
    }

    /// The one of `all` whose word is written.
    pub(super) fn one_of<T: Copy>(&self, all: &[T], word: fn(T) -> &'static str) -> Result<T, String> {
        let written = match self {
            Self::Text(text) => all.iter().copied().find(|one| word(*one) == text),
            _ => None,
        };
        written.ok_or_else(|| {
            let words: Vec<String> = all.iter().map(|one| format!("`{}`", word(*one))).collect();
            format!("write one of {}", words.join(", "))
        })
    }

    pub(super) fn count(&self) -> Result<usize, String> {
        let expected = || "write a whole number of at least 1".to_owned();
        let number = match self {
            Self::Integer(number) => usize::try_from(*number).map_err(|_| expected())?,
            Self::Text(text) => text.trim().parse().map_err(|_| expected())?,
            _ => return Err(expected()),
        };
        if number == 0 { Err(expected()) } else { Ok(number) }
    }

    /// Seconds as a number, or a text with a unit.
    pub(super) fn duration(&self) -> Result<Duration, String> {
        let expected = || "write a number of seconds above zero, or a text with a unit such as \"500ms\", \"90s\", \"5m\", \"2h\"";
        let (number, unit) = match self {
            #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^52 seconds")]
            Self::Integer(seconds) => (*seconds as f64, 1.0),
            Self::Float(seconds) => (*seconds, 1.0),
            Self::Text(text) => {
                let text = text.trim();
                let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
                let unit = match text[digits..].trim() {
                    "ms" => 0.001,
                    "" | "s" => 1.0,
                    "m" => 60.0,
                    "h" => 3600.0,
                    "d" => 86400.0,
                    _ => return Err(expected().to_owned()),
                };
                (text[..digits].parse().map_err(|_| expected().to_owned())?, unit)
            }
            _ => return Err(expected().to_owned()),
        };
        Duration::try_from_secs_f64(number * unit)
            .ok()
            .filter(|duration| !duration.is_zero())
            .ok_or_else(|| expected().to_owned())
    }

    /// Bytes as a number, or a text with a unit.
    pub(super) fn bytes(&self) -> Result<usize, String> {
        let expected = || {
            "write a number of bytes above zero, or a text with a unit such as \"512 KiB\" or \"32 MiB\""
                .to_owned()
        };
        if let Self::Text(text) = self {
            let text = text.trim();
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let unit = match text[digits..].trim() {
                "" | "B" => 1,
                "KiB" => 1024,
                "MiB" => 1024 * 1024,
                "GiB" => 1024 * 1024 * 1024,
                _ => return Err(expected()),
            };
            let number: usize = text[..digits].parse().map_err(|_| expected())?;
            return number.checked_mul(unit).filter(|bytes| *bytes > 0).ok_or_else(expected);
        }
        self.count().map_err(|_| expected())
    }

    /// Texts: a list, or one text with commas.
    pub(super) fn texts(&self) -> Result<Vec<String>, String> {
        match self {
            Self::List(values) => values.iter().map(Self::text).collect(),
            Self::Text(text) => Ok(text
                .split(',')
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .collect()),
            _ => Err("write a list of texts".to_owned()),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) | Self::Other(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::List(values) => {
                f.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn durations_are_seconds_or_carry_a_unit() {
        for (value, milliseconds) in [
            (Value::Integer(90), 90_000),
            (Value::Float(0.5), 500),
            (text("90"), 90_000),
            (text("500ms"), 500),
            (text("1.5 h"), 5_400_000),
            (text("1d"), 86_400_000),
        ] {
            assert_eq!(value.duration(), Ok(Duration::from_millis(milliseconds)), "{value}");
        }
        for wrong in [
            text("-1"),
            text("0"),
            text(""),
            text("5 min"),
            text("1e400"),
            Value::Integer(-5),
            Value::Float(f64::NAN),
        ] {
            assert!(wrong.duration().is_err(), "{wrong}");
        }
    }

    #[test]
    fn bytes_and_counts() {
        assert_eq!(text("32 MiB").bytes(), Ok(32 << 20));
        assert_eq!(Value::Integer(7).count(), Ok(7));
        for wrong in [text("0"), text("-1"), text("1.5"), Value::Integer(0), Value::Boolean(true)] {
            assert!(wrong.count().is_err(), "{wrong}");
        }
        assert!(text("99999999999999999999 GiB").bytes().is_err());
    }
}
