//! Numbers and times as Go prints them.

/// A number as Go's `%v` prints it: the shortest digits, an exponent below -4 and from 6 on.
pub(crate) fn general(value: f64) -> String {
    let shortest = format!("{value:e}");
    layout(value.is_sign_negative(), value.is_finite(), &shortest, || format!("{value}"))
}

/// The same for single precision.
pub(crate) fn general_single(value: f32) -> String {
    let shortest = format!("{value:e}");
    layout(value.is_sign_negative(), value.is_finite(), &shortest, || format!("{value}"))
}

fn layout(negative: bool, finite: bool, shortest: &str, plain: impl Fn() -> String) -> String {
    if !finite {
        return match (shortest.contains("inf"), negative) {
            (true, true) => "-Inf".to_owned(),
            (true, false) => "+Inf".to_owned(),
            (false, _) => "NaN".to_owned(),
        };
    }
    let Some((digits, exponent)) = shortest.split_once('e') else { return plain() };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..MAX_PLAIN_EXPONENT).contains(&exponent) {
        return plain();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}

/// From this decimal exponent on, Go writes `1e+06`.
const MAX_PLAIN_EXPONENT: i32 = 6;

/// A YAML timestamp as Go prints a time: `2024-01-02 03:04:05 +0000 UTC`.
pub(crate) fn time(text: &str) -> String {
    let Some(parts) = TimeParts::read(text) else { return text.to_owned() };
    let (zone, name) = match parts.offset {
        None | Some(0) => ("+0000".to_owned(), "UTC".to_owned()),
        Some(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            let minutes = minutes.unsigned_abs();
            let zone = format!("{sign}{:02}{:02}", minutes / 60, minutes % 60);
            (zone.clone(), zone)
        }
    };
    format!("{} {}{} {zone} {name}", parts.date, parts.time, parts.fraction)
}

/// A YAML timestamp as RFC 3339, as JSON and YAML outputs have it.
pub(crate) fn rfc3339(text: &str) -> String {
    let Some(parts) = TimeParts::read(text) else { return text.to_owned() };
    let zone = match parts.offset {
        None | Some(0) => "Z".to_owned(),
        Some(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            let minutes = minutes.unsigned_abs();
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    };
    format!("{}T{}{}{zone}", parts.date, parts.time, parts.fraction)
}

struct TimeParts {
    date: String,
    time: String,
    /// With its dot, without trailing zeros.
    fraction: String,
    /// Minutes east of UTC.
    offset: Option<i32>,
}

impl TimeParts {
    fn read(text: &str) -> Option<Self> {
        let (date, rest) = match text.find(['T', 't', ' ', '\t']) {
            Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim_start()),
            None => (text, ""),
        };
        let mut fields = date.split('-');
        let (year, month, day) = (fields.next()?, fields.next()?, fields.next()?);
        let date = format!("{year:0>4}-{month:0>2}-{day:0>2}");
        if rest.is_empty() {
            return Some(Self { date, time: "00:00:00".into(), fraction: String::new(), offset: None });
        }
        let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let clock = rest.get(..zone_at)?.trim_end();
        let zone = rest.get(zone_at..)?;
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let fraction = fraction.trim_end_matches('0');
        let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
        let mut fields = clock.split(':');
        let (hour, minute, second) = (fields.next()?, fields.next()?, fields.next().unwrap_or("00"));
        let time = format!("{hour:0>2}:{minute:0>2}:{second:0>2}");
        let offset = match zone {
            "" | "Z" | "z" => None,
            zone => {
                let east = !zone.starts_with('-');
                let digits = zone.get(1..)?;
                let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
                let total = hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?;
                Some(if east { total } else { -total })
            }
        };
        Some(Self { date, time, fraction, offset })
    }
}
