//! Points in time as Go has them: an instant, the zone it is shown in, layouts made of a reference time.

#![expect(
    clippy::format_push_string,
    reason = "short pieces; `write!` would bring an error that cannot happen"
)]

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `time.Time`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub seconds: i64,
    /// Nanoseconds in that second.
    pub nanos: u32,
    /// Seconds east of UTC in the zone it is shown in.
    pub offset: i32,
    /// The name of that zone at that time: `UTC`, `CET`; empty where the zone has none.
    pub zone: String,
}

/// A date and a time of day, as a clock in some zone shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// The year.
    pub year: i64,
    /// The month, from 1.
    pub month: i64,
    /// The day of the month, from 1.
    pub day: i64,
    /// The hour.
    pub hour: i64,
    /// The minute.
    pub minute: i64,
    /// The second.
    pub second: i64,
    /// The day of the week, from 0 for Sunday.
    pub weekday: i64,
    /// The day of the year, from 1.
    pub year_day: i64,
}

const DAY: i64 = 86_400;
/// Go's zero time: 0001-01-01 00:00:00 UTC.
const ZERO: i64 = -62_135_596_800;

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The zone of a name as `time.LoadLocation` finds it; `None` where there is none.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    match name {
        "" | "UTC" => Some(TimeZone::UTC),
        "Local" => Some(TimeZone::try_system().unwrap_or(TimeZone::UTC)),
        _ if name.contains("..") || name.starts_with(['/', '\\']) => None,
        _ => TimeZone::get(name).ok(),
    }
}

impl Moment {
    /// The names of the months.
    pub const MONTHS: [&'static str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    /// The names of the days, from Sunday.
    pub const WEEKDAYS: [&'static str; 7] =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    /// An instant in UTC.
    pub fn utc(seconds: i64, nanos: u32) -> Self {
        Self { seconds, nanos, offset: 0, zone: "UTC".to_owned() }
    }

    /// Go's zero time.
    pub fn zero() -> Self {
        Self::utc(ZERO, 0)
    }

    /// True for Go's zero time.
    pub fn is_zero(&self) -> bool {
        self.seconds == ZERO && self.nanos == 0
    }

    /// The same instant, shown in a zone.
    #[must_use]
    pub(crate) fn in_zone(&self, zone: &TimeZone) -> Self {
        // Times beyond those that the zone rules know are shown by the rules of the nearest time.
        let clamped = self.seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let at = Timestamp::from_second(clamped).unwrap_or(Timestamp::UNIX_EPOCH);
        let info = zone.to_offset_info(at);
        Self { offset: info.offset().seconds(), zone: info.abbreviation().to_owned(), ..self.clone() }
    }

    /// What a clock in its zone shows.
    pub fn civil(&self) -> Civil {
        let local = self.seconds.saturating_add(self.offset.into());
        let (days, rest) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = civil_from_days(days);
        Civil {
            year,
            month,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 4).rem_euclid(7),
            year_day: days - days_from_civil(year, 1, 1) + 1,
        }
    }

    /// The instant at which a clock in a zone shows this.
    pub(crate) fn from_civil(civil: (i64, i64, i64), time: (i64, i64, i64, u32), zone: &TimeZone) -> Self {
        let seconds = days_from_civil(civil.0, civil.1, civil.2) * DAY + time.0 * 3600 + time.1 * 60 + time.2;
        // Go looks the offset up twice: first as if the clock showed UTC.
        let guess = Self::utc(seconds, time.3).in_zone(zone);
        let again = Self::utc(seconds - i64::from(guess.offset), time.3).in_zone(zone);
        Self::utc(seconds - i64::from(again.offset), time.3).in_zone(zone)
    }

    /// So many nanoseconds later.
    #[must_use]
    pub fn plus(&self, nanos: i64) -> Self {
        let sum = i128::from(self.nanos) + i128::from(nanos);
        let seconds = i64::try_from(sum.div_euclid(1_000_000_000)).unwrap_or(0);
        let nanos = u32::try_from(sum.rem_euclid(1_000_000_000)).unwrap_or(0);
        Self { seconds: self.seconds.saturating_add(seconds), nanos, ..self.clone() }
    }

    /// So many years, months and days later on the calendar; a day that the month does not have is one of the next.
    #[must_use]
    pub fn plus_date(&self, years: i64, months: i64, days: i64) -> Self {
        let civil = self.civil();
        let month = civil.month.saturating_sub(1).saturating_add(months);
        let year = civil.year.saturating_add(years).saturating_add(month.div_euclid(12));
        // Beyond these years no clock of Go's goes.
        let year = year.clamp(-200_000_000, 200_000_000);
        let first = days_from_civil(year, month.rem_euclid(12) + 1, 1);
        let before = days_from_civil(civil.year, civil.month, civil.day);
        let after = first.saturating_add(civil.day - 1).saturating_add(days);
        let seconds = after.saturating_sub(before).saturating_mul(DAY);
        Self { seconds: self.seconds.saturating_add(seconds), ..self.clone() }
    }

    /// The nanoseconds since the last multiple of a duration after Go's zero time; 0 for one that is not positive.
    pub fn since_multiple(&self, unit: i64) -> i64 {
        if unit <= 0 {
            return 0;
        }
        let nanos = (i128::from(self.seconds) - i128::from(ZERO)) * 1_000_000_000 + i128::from(self.nanos);
        i64::try_from(nanos.rem_euclid(i128::from(unit))).unwrap_or(0)
    }

    /// `t.Format(layout)`
    pub fn format(&self, layout: &str) -> String {
        let civil = self.civil();
        let mut out = String::new();
        let mut rest = layout;
        while !rest.is_empty() {
            let (before, piece, after) = next_piece(rest);
            out.push_str(before);
            rest = after;
            let Some(piece) = piece else { break };
            self.format_piece(&mut out, piece, &civil);
        }
        out
    }

    fn format_piece(&self, out: &mut String, piece: Piece, civil: &Civil) {
        let hour12 = match civil.hour % 12 {
            0 => 12,
            hour => hour,
        };
        let name = |names: &[&'static str], at: i64| {
            usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or_default()
        };
        let short = |name: &'static str| name.get(..3).unwrap_or(name);
        match piece {
            Piece::Year => out.push_str(&format!("{:04}", civil.year)),
            Piece::ShortYear => out.push_str(&format!("{:02}", civil.year.rem_euclid(100))),
            Piece::Month => out.push_str(short(name(&Self::MONTHS, civil.month - 1))),
            Piece::LongMonth => out.push_str(name(&Self::MONTHS, civil.month - 1)),
            Piece::MonthNumber => out.push_str(&civil.month.to_string()),
            Piece::ZeroMonth => out.push_str(&format!("{:02}", civil.month)),
            Piece::Weekday => out.push_str(short(name(&Self::WEEKDAYS, civil.weekday))),
            Piece::LongWeekday => out.push_str(name(&Self::WEEKDAYS, civil.weekday)),
            Piece::Day => out.push_str(&civil.day.to_string()),
            Piece::UnderDay => out.push_str(&format!("{:2}", civil.day)),
            Piece::ZeroDay => out.push_str(&format!("{:02}", civil.day)),
            Piece::UnderYearDay => out.push_str(&format!("{:3}", civil.year_day)),
            Piece::ZeroYearDay => out.push_str(&format!("{:03}", civil.year_day)),
            Piece::Hour => out.push_str(&format!("{:02}", civil.hour)),
            Piece::Hour12 => out.push_str(&hour12.to_string()),
            Piece::ZeroHour12 => out.push_str(&format!("{hour12:02}")),
            Piece::Minute => out.push_str(&civil.minute.to_string()),
            Piece::ZeroMinute => out.push_str(&format!("{:02}", civil.minute)),
            Piece::Second => out.push_str(&civil.second.to_string()),
            Piece::ZeroSecond => out.push_str(&format!("{:02}", civil.second)),
            Piece::UpperHalf => out.push_str(if civil.hour >= 12 { "PM" } else { "AM" }),
            Piece::LowerHalf => out.push_str(if civil.hour >= 12 { "pm" } else { "am" }),
            Piece::Zone => {
                if self.zone.is_empty() {
                    out.push_str(&offset_text(self.offset, Width::Minutes, false));
                } else {
                    out.push_str(&self.zone);
                }
            }
            Piece::Offset { width, colon, z } => {
                if z && self.offset == 0 {
                    out.push('Z');
                } else {
                    out.push_str(&offset_text(self.offset, width, colon));
                }
            }
            Piece::Fraction { digits, point, trim } => {
                let nanos = format!("{:09}", self.nanos);
                let mut shown = nanos.get(..digits.min(9)).unwrap_or(&nanos);
                if trim {
                    shown = shown.trim_end_matches('0');
                    if shown.is_empty() {
                        return;
                    }
                }
                out.push(point);
                out.push_str(shown);
            }
        }
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.format("2006-01-02 15:04:05.999999999 -0700 MST"))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    Hours,
    Minutes,
    Seconds,
}

fn offset_text(offset: i32, width: Width, colon: bool) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let size = offset.unsigned_abs();
    let separator = if colon { ":" } else { "" };
    let mut out = format!("{sign}{:02}", size / 3600);
    if width != Width::Hours {
        out.push_str(&format!("{separator}{:02}", size / 60 % 60));
    }
    if width == Width::Seconds {
        out.push_str(&format!("{separator}{:02}", size % 60));
    }
    out
}

/// A piece of a layout that stands for a part of the time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Year,
    ShortYear,
    Month,
    LongMonth,
    MonthNumber,
    ZeroMonth,
    Weekday,
    LongWeekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    UpperHalf,
    LowerHalf,
    Zone,
    Offset { width: Width, colon: bool, z: bool },
    Fraction { digits: usize, point: char, trim: bool },
}

/// The pieces that are told by their text alone, longer ones before their beginnings.
const PIECES: [(&str, Piece); 34] = [
    ("January", Piece::LongMonth),
    ("Monday", Piece::LongWeekday),
    ("MST", Piece::Zone),
    ("002", Piece::ZeroYearDay),
    ("01", Piece::ZeroMonth),
    ("02", Piece::ZeroDay),
    ("03", Piece::ZeroHour12),
    ("04", Piece::ZeroMinute),
    ("05", Piece::ZeroSecond),
    ("06", Piece::ShortYear),
    ("15", Piece::Hour),
    ("1", Piece::MonthNumber),
    ("2006", Piece::Year),
    ("2", Piece::Day),
    ("__2", Piece::UnderYearDay),
    ("_2006", Piece::Year),
    ("_2", Piece::UnderDay),
    ("3", Piece::Hour12),
    ("4", Piece::Minute),
    ("5", Piece::Second),
    ("PM", Piece::UpperHalf),
    ("pm", Piece::LowerHalf),
    ("-070000", Piece::Offset { width: Width::Seconds, colon: false, z: false }),
    ("-07:00:00", Piece::Offset { width: Width::Seconds, colon: true, z: false }),
    ("-0700", Piece::Offset { width: Width::Minutes, colon: false, z: false }),
    ("-07:00", Piece::Offset { width: Width::Minutes, colon: true, z: false }),
    ("-07", Piece::Offset { width: Width::Hours, colon: false, z: false }),
    ("Z070000", Piece::Offset { width: Width::Seconds, colon: false, z: true }),
    ("Z07:00:00", Piece::Offset { width: Width::Seconds, colon: true, z: true }),
    ("Z0700", Piece::Offset { width: Width::Minutes, colon: false, z: true }),
    ("Z07:00", Piece::Offset { width: Width::Minutes, colon: true, z: true }),
    ("Z07", Piece::Offset { width: Width::Hours, colon: false, z: true }),
    ("Jan", Piece::Month),
    ("Mon", Piece::Weekday),
];

/// The text before the first piece, the piece, and what follows it.
fn next_piece(layout: &str) -> (&str, Option<Piece>, &str) {
    for (at, character) in layout.char_indices() {
        let rest = layout.get(at..).unwrap_or_default();
        let before = layout.get(..at).unwrap_or_default();
        let found = PIECES.iter().find(|(text, piece)| {
            rest.strip_prefix(text).is_some_and(|after| match piece {
                // `Jan` and `Mon` count only where the word ends.
                Piece::Month | Piece::Weekday => !after.starts_with(|next: char| next.is_ascii_lowercase()),
                _ => true,
            })
        });
        if let Some((text, piece)) = found {
            // `_2006` is an underscore and a year.
            let lead = usize::from(*text == "_2006");
            let before = layout.get(..at + lead).unwrap_or(before);
            return (before, Some(*piece), rest.get(text.len()..).unwrap_or_default());
        }
        if matches!(character, '.' | ',')
            && let Some(digit @ ('0' | '9')) = rest.chars().nth(1)
        {
            let digits = rest.chars().skip(1).take_while(|next| *next == digit).count();
            let after = rest.get(1 + digits..).unwrap_or_default();
            if !after.starts_with(|next: char| next.is_ascii_digit()) {
                let piece = Piece::Fraction { digits, point: character, trim: digit == '9' };
                return (before, Some(piece), after);
            }
        }
    }
    (layout, None, "")
}

/// Takes one or two digits; with `fixed`, exactly two.
fn number(text: &str, fixed: bool) -> Option<(i64, &str)> {
    let second = text.get(1..2).is_some_and(|digit| digit.chars().all(|c| c.is_ascii_digit()));
    if !text.starts_with(|c: char| c.is_ascii_digit()) || fixed && !second {
        return None;
    }
    let (digits, rest) = text.split_at_checked(if second { 2 } else { 1 })?;
    Some((digits.parse().ok()?, rest))
}

fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    Some((digits.parse().ok()?, rest))
}

fn one_of<'t>(text: &'t str, names: &[&str], length: Option<usize>) -> Option<(i64, &'t str)> {
    names.iter().enumerate().find_map(|(at, name)| {
        let name = length.and_then(|length| name.get(..length)).unwrap_or(name);
        let (head, rest) = text.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name).then_some((i64::try_from(at).ok()?, rest))
    })
}

/// `time.ParseInLocation`; the error is Go's text.
pub(crate) fn parse(layout: &str, text: &str, zone: &TimeZone) -> Result<Moment, String> {
    let quoted =
        |text: &str| String::from_utf8_lossy(&crate::helm::go::quote::quote(text.as_bytes())).into_owned();
    let fail = |piece: &str, value: &str| {
        Err(format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quoted(text),
            quoted(layout),
            quoted(value),
            quoted(piece)
        ))
    };
    let (mut year, mut month, mut day, mut year_day) = (0, None, None, None);
    let (mut hour, mut minute, mut second, mut nanos) = (0, 0, 0, 0_u32);
    let mut half = None;
    let mut offset: Option<i64> = None;
    let mut zone_name = None;
    let mut left = layout;
    let mut value = text;
    loop {
        let (before, piece, after) = next_piece(left);
        let shown = left.get(before.len()..left.len() - after.len()).unwrap_or_default().to_owned();
        left = after;
        // Blanks of a layout stand for any number of blanks.
        let mut rest = Some(value);
        for (at, character) in before.char_indices() {
            if character == ' ' {
                let blank = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
                if !blank {
                    rest = None;
                    break;
                }
                let _ = at;
                rest = rest.map(|rest| rest.trim_start_matches(' '));
            } else {
                rest = rest.and_then(|rest| rest.strip_prefix(character));
            }
        }
        let Some(rest) = rest else { return fail(before, value) };
        value = rest;
        let Some(piece) = piece else {
            if !value.is_empty() {
                return Err(format!("parsing time {}: extra text: {}", quoted(text), quoted(value)));
            }
            break;
        };
        let hold = value;
        let mut range = None;
        let read: Option<&str> = match piece {
            Piece::Year => digits(value, 4).filter(|_| value.starts_with(|c: char| c.is_ascii_digit())).map(
                |(number, rest)| {
                    year = number;
                    rest
                },
            ),
            Piece::ShortYear => digits(value, 2).map(|(number, rest)| {
                year = number + if number >= 69 { 1900 } else { 2000 };
                rest
            }),
            Piece::Month | Piece::LongMonth => {
                let length = if piece == Piece::Month { Some(3) } else { None };
                one_of(value, &Moment::MONTHS, length).map(|(at, rest)| {
                    month = Some(at + 1);
                    rest
                })
            }
            Piece::MonthNumber | Piece::ZeroMonth => {
                number(value, piece == Piece::ZeroMonth).map(|(number, rest)| {
                    if !(1..=12).contains(&number) {
                        range = Some("month");
                    }
                    month = Some(number);
                    rest
                })
            }
            Piece::Weekday => one_of(value, &Moment::WEEKDAYS, Some(3)).map(|(_, rest)| rest),
            Piece::LongWeekday => one_of(value, &Moment::WEEKDAYS, None).map(|(_, rest)| rest),
            Piece::Day | Piece::UnderDay | Piece::ZeroDay => {
                let value =
                    if piece == Piece::UnderDay { value.strip_prefix(' ').unwrap_or(value) } else { value };
                number(value, piece == Piece::ZeroDay).map(|(number, rest)| {
                    day = Some(number);
                    rest
                })
            }
            Piece::UnderYearDay | Piece::ZeroYearDay => {
                let blanks = if piece == Piece::UnderYearDay {
                    value.len() - value.trim_start_matches(' ').len()
                } else {
                    0
                };
                let blanks = blanks.min(2);
                value.get(blanks..).and_then(|value| digits(value, 3 - blanks)).map(|(number, rest)| {
                    year_day = Some(number);
                    rest
                })
            }
            Piece::Hour => number(value, false).map(|(number, rest)| {
                hour = number;
                if number >= 24 {
                    range = Some("hour");
                }
                rest
            }),
            Piece::Hour12 | Piece::ZeroHour12 => {
                number(value, piece == Piece::ZeroHour12).map(|(number, rest)| {
                    hour = number;
                    if number > 12 {
                        range = Some("hour");
                    }
                    rest
                })
            }
            Piece::Minute | Piece::ZeroMinute => {
                number(value, piece == Piece::ZeroMinute).map(|(number, rest)| {
                    minute = number;
                    if number >= 60 {
                        range = Some("minute");
                    }
                    rest
                })
            }
            Piece::Second | Piece::ZeroSecond => {
                number(value, piece == Piece::ZeroSecond).map(|(number, rest)| {
                    second = number;
                    if number >= 60 {
                        range = Some("second");
                    }
                    // A fraction after the seconds is read though the layout has none.
                    let next_is_fraction = matches!(next_piece(left), ("", Some(Piece::Fraction { .. }), _));
                    match fraction(rest) {
                        Some((found, after)) if !next_is_fraction => {
                            nanos = found;
                            after
                        }
                        _ => rest,
                    }
                })
            }
            Piece::UpperHalf | Piece::LowerHalf => {
                let names = if piece == Piece::UpperHalf { ["AM", "PM"] } else { ["am", "pm"] };
                names.iter().position(|name| value.starts_with(name)).map(|at| {
                    half = Some(at);
                    value.get(2..).unwrap_or_default()
                })
            }
            Piece::Offset { width, colon, z } => {
                if z && value.starts_with('Z') {
                    offset = Some(0);
                    value.get(1..)
                } else {
                    read_offset(value, width, colon).map(|(found, rest)| {
                        offset = Some(found);
                        rest
                    })
                }
            }
            Piece::Zone => {
                if let Some(rest) = value.strip_prefix("UTC") {
                    offset = Some(0);
                    zone_name = Some("UTC".to_owned());
                    Some(rest)
                } else {
                    let length = value.bytes().take_while(u8::is_ascii_uppercase).count();
                    (3..=5).contains(&length).then(|| {
                        zone_name = value.get(..length).map(ToOwned::to_owned);
                        value.get(length..).unwrap_or_default()
                    })
                }
            }
            Piece::Fraction { digits: count, trim, .. } => {
                if trim {
                    match fraction(value) {
                        Some((found, rest)) => {
                            nanos = found;
                            Some(rest)
                        }
                        None => Some(value),
                    }
                } else {
                    fraction(value.get(..=count).unwrap_or_default())
                        .filter(|(_, rest)| rest.is_empty())
                        .and_then(|(found, _)| {
                            nanos = found;
                            value.get(count + 1..)
                        })
                }
            }
        };
        if let Some(what) = range {
            return Err(format!("parsing time {}: {what} out of range", quoted(text)));
        }
        match read {
            Some(rest) => value = rest,
            None => return fail(&shown, hold),
        }
    }
    match half {
        Some(1) if hour < 12 => hour += 12,
        Some(0) if hour == 12 => hour = 0,
        _ => {}
    }
    let out_of_range = || Err(format!("parsing time {}: day out of range", quoted(text)));
    if let Some(year_day) = year_day {
        if !(1..=365 + i64::from(is_leap(year))).contains(&year_day) {
            return Err(format!("parsing time {}: day-of-year out of range", quoted(text)));
        }
        let (_, found_month, found_day) = civil_from_days(days_from_civil(year, 1, 1) + year_day - 1);
        if month.is_some_and(|month| month != found_month) || day.is_some_and(|day| day != found_day) {
            return Err(format!("parsing time {}: day-of-year does not match month", quoted(text)));
        }
        (month, day) = (Some(found_month), Some(found_day));
    }
    let (month, day) = (month.unwrap_or(1), day.unwrap_or(1));
    if !(1..=days_in_month(year, month)).contains(&day) {
        return out_of_range();
    }
    let (date, time) = ((year, month, day), (hour, minute, second, nanos));
    if let Some(offset) = offset {
        let mut moment = Moment::from_civil(date, time, &TimeZone::UTC).plus(0);
        moment.seconds -= offset;
        let local = moment.in_zone(zone);
        if i64::from(local.offset) == offset && zone_name.as_ref().is_none_or(|name| *name == local.zone) {
            return Ok(local);
        }
        if offset == 0 && zone_name.as_deref().is_none_or(|name| name == "UTC") {
            return Ok(moment);
        }
        moment.offset = i32::try_from(offset).unwrap_or(0);
        moment.zone = zone_name.unwrap_or_default();
        return Ok(moment);
    }
    let local = Moment::from_civil(date, time, zone);
    match zone_name {
        Some(name) if name != local.zone => {
            // A zone that is not known by its name: shown under it, counted as UTC.
            Ok(Moment { zone: name, ..Moment::from_civil(date, time, &TimeZone::UTC) })
        }
        _ => Ok(local),
    }
}

fn fraction(text: &str) -> Option<(u32, &str)> {
    let rest = text.strip_prefix(['.', ','])?;
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 {
        return None;
    }
    let (digits, rest) = rest.split_at_checked(length)?;
    let padded: String = digits.chars().chain(std::iter::repeat('0')).take(9).collect();
    Some((padded.parse().ok()?, rest))
}

fn read_offset(text: &str, width: Width, colon: bool) -> Option<(i64, &str)> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, mut rest) = digits(text.get(1..)?, 2)?;
    let mut total = hours * 3600;
    let mut next = |unit: i64| {
        if colon {
            rest = rest.strip_prefix(':')?;
        }
        let (number, after) = digits(rest, 2)?;
        rest = after;
        total += number * unit;
        Some(())
    };
    if width != Width::Hours {
        next(60)?;
    }
    if width == Width::Seconds {
        next(1)?;
    }
    Some((sign * total, rest))
}

/// `time.ParseDuration`, in nanoseconds; the error is Go's text.
pub(crate) fn parse_duration(text: &str) -> Result<i64, String> {
    let quoted =
        |text: &str| String::from_utf8_lossy(&crate::helm::go::quote::quote(text.as_bytes())).into_owned();
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let whole_length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, after) = rest.split_at_checked(whole_length).ok_or_else(invalid)?;
        let (part, after) = match after.strip_prefix('.') {
            Some(after) => {
                let length = after.bytes().take_while(u8::is_ascii_digit).count();
                after.split_at_checked(length).ok_or_else(invalid)?
            }
            None => ("", after),
        };
        if whole.is_empty() && part.is_empty() {
            return Err(invalid());
        }
        let unit_length = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit_length).ok_or_else(invalid)?;
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "" => return Err(format!("time: missing unit in duration {}", quoted(text))),
            _ => return Err(format!("time: unknown unit {} in duration {}", quoted(unit), quoted(text))),
        };
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        let mut fraction: i128 = 0;
        let mut unit_left = scale;
        for digit in part.bytes().take(18) {
            unit_left /= 10;
            fraction += i128::from(digit - b'0') * unit_left;
            if unit_left == 0 {
                break;
            }
        }
        total =
            whole.checked_mul(scale).and_then(|sum| sum.checked_add(fraction + total)).ok_or_else(invalid)?;
        if total > i128::from(i64::MAX) + i128::from(negative) {
            return Err(invalid());
        }
        rest = after;
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| invalid())
}

/// `time.Duration.String`
pub(crate) fn duration_text(nanos: i64) -> String {
    if nanos == 0 {
        return "0s".to_owned();
    }
    let size = nanos.unsigned_abs();
    let sign = if nanos < 0 { "-" } else { "" };
    let decimal = |value: u64, unit: u64| {
        let mut fraction = format!("{:0width$}", value % unit, width = unit.ilog10() as usize);
        fraction.truncate(fraction.trim_end_matches('0').len());
        let point = if fraction.is_empty() || unit == 1 { "" } else { "." };
        if unit == 1 { value.to_string() } else { format!("{}{point}{fraction}", value / unit) }
    };
    if size < 1_000_000_000 {
        let (unit, name) = match size {
            ..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "µs"),
            _ => (1_000_000, "ms"),
        };
        return format!("{sign}{}{name}", decimal(size, unit));
    }
    let seconds = size / 1_000_000_000;
    let rest = decimal(size % 60_000_000_000, 1_000_000_000);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours > 0 {
        format!("{sign}{hours}h{minutes}m{rest}s")
    } else if minutes > 0 {
        format!("{sign}{minutes}m{rest}s")
    } else {
        format!("{sign}{rest}s")
    }
}
