//! Dates of TOML as seconds.

use toml::value::{Date, Datetime, Offset, Time};

const DAY: i64 = 24 * 3600;

/// Seconds since 1970 in UTC: of a date its first moment, and of a time in which no zone is said nothing.
pub(super) fn seconds(datetime: &Datetime) -> Option<u64> {
    let date = datetime.date?;
    let (time, offset) = match (datetime.time, datetime.offset) {
        (None, None) => (0, 0),
        (Some(time), Some(Offset::Z)) => (of_day(time), 0),
        (Some(time), Some(Offset::Custom { minutes })) => (of_day(time), i64::from(minutes) * 60),
        _ => return None,
    };
    u64::try_from(days(date) * DAY + time - offset).ok()
}

fn of_day(time: Time) -> i64 {
    i64::from(time.hour) * 3600 + i64::from(time.minute) * 60 + i64::from(time.second.unwrap_or(0))
}

/// Days since 1970 in the Gregorian calendar. Years begin in March here, so that the leap day is the last of one.
fn days(date: Date) -> i64 {
    let (year, month, day) = (i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // From March on months have 31, 30, 31, 30, 31 days, and so on: 153 in five.
    let of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + leap_days + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seconds() {
        for (date, expected) in [
            ("1970-01-01", Some(0)),
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1969-12-31", None),
            ("2000-02-29", Some(951_782_400)),
            ("2000-03-01", Some(951_868_800)),
            ("2026-12-31T23:59:59Z", Some(1_798_761_599)),
            ("2027-01-01T01:00:00+01:00", Some(1_798_761_600)),
            ("2026-12-31T19:00:00-05:00", Some(1_798_761_600)),
            ("2100-03-01", Some(4_107_542_400)),
            ("2027-01-01T00:00:00", None),
            ("12:00:00", None),
        ] {
            let datetime: Datetime = date.parse().unwrap();
            assert_eq!(seconds(&datetime), expected, "{date}");
        }
    }
}
