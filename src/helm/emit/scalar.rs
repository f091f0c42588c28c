//! What a plain YAML scalar would be read as, by the rules of go-yaml.

use jiff::tz::TimeZone;

use crate::helm::go::numbers;
use crate::helm::moment;
use crate::yaml::is_old_boolean;

/// True where a plain scalar with this text would not be read as a string.
pub(crate) fn resolves(text: &str) -> bool {
    let Some(&first) = text.as_bytes().first() else { return true };
    match first {
        b'+' | b'-' | b'0'..=b'9' => {
            matches!(text, "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF")
                || is_timestamp(text)
                || is_number(text)
        }
        b'.' => {
            matches!(text, ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF")
                || numbers::parse_float(text.as_bytes()).is_ok()
        }
        _ => {
            is_old_boolean(text)
                || matches!(
                    text,
                    "true" | "True" | "TRUE" | "false" | "False" | "FALSE" | "~" | "null" | "Null" | "NULL"
                )
        }
    }
}

fn is_timestamp(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 4 || text.as_bytes().get(4) != Some(&b'-') {
        return false;
    }
    [
        "2006-1-2T15:4:5.999999999Z07:00",
        "2006-1-2t15:4:5.999999999Z07:00",
        "2006-1-2 15:4:5.999999999",
        "2006-1-2",
    ]
    .iter()
    .any(|layout| moment::parse(layout, text, &TimeZone::UTC).is_ok())
}

fn is_number(text: &str) -> bool {
    let plain: String = text.chars().filter(|character| *character != '_').collect();
    let bytes = plain.as_bytes();
    if numbers::parse_int(bytes).is_ok() || numbers::parse_uint(bytes).is_ok() {
        return true;
    }
    is_float(&plain) && numbers::parse_float(bytes).is_ok()
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = digits(text);
    let mut rest = text.get(whole..).unwrap_or_default();
    if let Some(after) = rest.strip_prefix('.') {
        let fraction = digits(after);
        if whole == 0 && fraction == 0 {
            return false;
        }
        rest = after.get(fraction..).unwrap_or_default();
    } else if whole == 0 {
        return false;
    }
    match rest.strip_prefix(['e', 'E']) {
        None => rest.is_empty(),
        Some(exponent) => {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent) == exponent.len()
        }
    }
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: numbers to the base 60, which other parsers read.
pub(crate) fn is_base60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let (places, fraction) = match text.split_once('.') {
        Some((places, fraction)) => (places, fraction),
        None => (text, ""),
    };
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let mut parts = places.split(':');
    let first = parts.next().unwrap_or_default();
    let mut count = 0;
    let sixty = parts.all(|part| {
        count += 1;
        matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
    });
    plain(first) && sixty && count > 0 && plain(fraction)
}
