//! How long a server asks to wait.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How long the answer with these headers asks to wait: `retry-after-ms`, else `Retry-After` in seconds or as a date.
pub(crate) fn asked_to_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |value: &reqwest::header::HeaderValue| value.to_str().ok().map(|text| text.trim().to_owned());
    if let Some(wait) = headers.get("retry-after-ms").and_then(text).and_then(|text| seconds(&text, 1000.0)) {
        return Some(wait);
    }
    let after = headers.get(RETRY_AFTER).and_then(text)?;
    seconds(&after, 1.0)
        .or_else(|| date(&after).map(|then| then.duration_since(now).unwrap_or(Duration::ZERO)))
}

/// A number of which `parts` are a second. Some servers send fractions.
fn seconds(text: &str, parts: f64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    // What is too long for a `Duration` is too long to wait for in any case.
    (number >= 0.0).then(|| Duration::try_from_secs_f64(number / parts).unwrap_or(Duration::MAX))
}

/// A date as HTTP has servers write it: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn date(text: &str) -> Option<SystemTime> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split(' ');
    let mut word = || words.next();
    let day: u64 = word()?.parse().ok()?;
    let month = word().and_then(|name| MONTHS.iter().position(|month| *month == name))?;
    let year: u64 = word()?.parse().ok()?;
    let mut clock = word()?.split(':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    if word() != Some("GMT") || !(1970..=9999).contains(&year) || !(1..=31).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let before_month = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334].get(month)?;
    let leap_days = (1970..year).filter(|year| leap(*year)).count() + usize::from(month > 1 && leap(year));
    let days = (year - 1970) * 365 + u64::try_from(leap_days).ok()? + before_month + day - 1;
    UNIX_EPOCH.checked_add(Duration::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &str)]) -> Option<Duration> {
        let headers = pairs
            .iter()
            .map(|(name, value)| (reqwest::header::HeaderName::from_static(name), value.parse().unwrap()));
        // Sun, 06 Nov 1994 08:49:37 GMT
        asked_to_wait(&headers.collect(), UNIX_EPOCH + Duration::from_secs(784_111_777))
    }

    #[test]
    fn seconds_milliseconds_and_dates_are_read() {
        for (name, value, milliseconds) in [
            ("retry-after", "2", 2000),
            ("retry-after", " 0.5 ", 500),
            ("retry-after", "0", 0),
            ("retry-after-ms", "150", 150),
            ("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT", 3000),
            ("retry-after", "Sun, 06 Nov 1994 08:49:30 GMT", 0),
            ("retry-after", "Mon, 07 Nov 1994 08:49:37 GMT", 86_400_000),
            ("retry-after", "Wed, 01 Mar 1995 08:49:37 GMT", 115 * 86_400_000),
            ("retry-after", "Fri, 01 Mar 1996 08:49:37 GMT", (115 + 366) * 86_400_000),
        ] {
            assert_eq!(asked(&[(name, value)]), Some(Duration::from_millis(milliseconds)), "{value}");
        }
        assert_eq!(asked(&[("retry-after", "9"), ("retry-after-ms", "1")]), Some(Duration::from_millis(1)));
        assert_eq!(asked(&[("retry-after", "9e99")]), Some(Duration::MAX));
    }

    #[test]
    fn what_is_neither_says_nothing() {
        for value in [
            "",
            "soon",
            "-1",
            "NaN",
            "Sun, 06 Nov 1994",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "Sun, 06 Now 1994 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:99:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sunday, 06-Nov-94 08:49:37 GMT",
        ] {
            assert_eq!(asked(&[("retry-after", value)]), None, "{value}");
        }
        assert_eq!(asked(&[]), None);
    }
}
