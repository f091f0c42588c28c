//! Spans of time as Kubernetes writes them: `30s`, `1h30m`, `1.5h`.

use thiserror::Error;

/// A text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no duration such as `1h30m`: numbers, each with a unit of ns, us, ms, s, m or h")]
pub struct NotADuration(pub String);

/// Reads a duration to nanoseconds: a sign, then numbers with units. A bare `0` is one too.
pub fn nanoseconds(text: &str) -> Result<i64, NotADuration> {
    let wrong = || NotADuration(text.to_owned());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0);
    }
    let mut total: f64 = 0.0;
    let mut rest = unsigned;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let (number, after) = rest.split_at_checked(end).ok_or_else(wrong)?;
        let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit_end).ok_or_else(wrong)?;
        let factor: f64 = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3_600e9,
            _ => return Err(wrong()),
        };
        let number: f64 = number.parse().map_err(|_not_a_number| wrong())?;
        total += number * factor;
        rest = after;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is out of range is no duration, and is refused before"
    )]
    let nanos = if total < 9.2e18 { total as i64 } else { return Err(wrong()) };
    Ok(if text.starts_with('-') { -nanos } else { nanos })
}
