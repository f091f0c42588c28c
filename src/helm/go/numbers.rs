//! Go's `strconv`: numbers from text and back.

#![expect(
    clippy::format_push_string,
    reason = "short pieces; `write!` would bring an error that cannot happen"
)]

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberError {
    Syntax,
    Range,
}

/// `strconv.ParseUint(text, 0, 64)`: prefixes `0x`, `0o`, `0b`, `0`, and underscores between digits.
pub(crate) fn parse_uint(text: &[u8]) -> Result<u64, NumberError> {
    let (radix, digits) = match text {
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => (16, rest),
        [b'0', b'b' | b'B', rest @ ..] if !rest.is_empty() => (2, rest),
        [b'0', b'o' | b'O', rest @ ..] | [b'0', rest @ ..] if !rest.is_empty() => (8, rest),
        _ => (10, text),
    };
    if digits.contains(&b'_') && !underscores_ok(text) {
        return Err(NumberError::Syntax);
    }
    let mut some = false;
    let mut value = Some(0_u64);
    for &byte in digits.iter().filter(|byte| **byte != b'_') {
        some = true;
        let digit = char::from(byte).to_digit(radix).ok_or(NumberError::Syntax)?;
        value = value
            .and_then(|value| value.checked_mul(radix.into()))
            .and_then(|value| value.checked_add(digit.into()));
    }
    if !some {
        return Err(NumberError::Syntax);
    }
    value.ok_or(NumberError::Range)
}

/// `strconv.ParseInt(text, 0, 64)`
pub(crate) fn parse_int(text: &[u8]) -> Result<i64, NumberError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let value = parse_uint(digits)?;
    if negative {
        0_i64.checked_sub_unsigned(value).ok_or(NumberError::Range)
    } else {
        i64::try_from(value).map_err(|_| NumberError::Range)
    }
}

/// `strconv.ParseInt(text, 10, 64)` and `strconv.Atoi`: decimal digits only.
pub(crate) fn parse_decimal(text: &[u8]) -> Result<i64, NumberError> {
    parse_radix(text, 10)
}

/// `strconv.ParseInt(text, radix, 64)`: no prefixes, no underscores.
pub(crate) fn parse_radix(text: &[u8], radix: u32) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(|byte| char::from(*byte).is_digit(radix)) {
        return Err(NumberError::Syntax);
    }
    let text = std::str::from_utf8(text).map_err(|_| NumberError::Syntax)?;
    i64::from_str_radix(text, radix).map_err(|_| NumberError::Range)
}

/// True where every underscore stands between digits, or between a prefix and a digit.
fn underscores_ok(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let mut before = b'^';
    let mut rest = text;
    let mut hex = false;
    if let [b'0', prefix, after @ ..] = text
        && matches!(prefix.to_ascii_lowercase(), b'b' | b'o' | b'x')
    {
        before = b'0';
        hex = prefix.eq_ignore_ascii_case(&b'x');
        rest = after;
    }
    for &byte in rest {
        if byte.is_ascii_digit() || hex && byte.is_ascii_hexdigit() {
            before = b'0';
        } else if byte == b'_' {
            if before != b'0' {
                return false;
            }
            before = b'_';
        } else {
            if before == b'_' {
                return false;
            }
            before = b'!';
        }
    }
    before != b'_'
}

/// `strconv.ParseFloat(text, 64)`
pub(crate) fn parse_float(text: &[u8]) -> Result<f64, NumberError> {
    let text = std::str::from_utf8(text).map_err(|_| NumberError::Syntax)?;
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let negative = text.starts_with('-');
    if ["inf", "infinity"].iter().any(|name| unsigned.eq_ignore_ascii_case(name)) {
        return Ok(if negative { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if text.eq_ignore_ascii_case("nan") {
        return Ok(f64::NAN);
    }
    if unsigned.contains('_') && !underscores_ok(text.as_bytes()) {
        return Err(NumberError::Syntax);
    }
    let digits: String = unsigned.chars().filter(|character| *character != '_').collect();
    let value = if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        parse_hex_float(hex)?
    } else {
        // Rust reads `inf` and `nan` in more spellings; digits, a point and an exponent are all that is left here.
        let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+');
        if !digits.chars().all(plain) || digits.starts_with(['+', '-']) {
            return Err(NumberError::Syntax);
        }
        digits.parse().map_err(|_| NumberError::Syntax)?
    };
    if f64::is_infinite(value) {
        return Err(NumberError::Range);
    }
    Ok(if negative { -value } else { value })
}

fn parse_hex_float(text: &str) -> Result<f64, NumberError> {
    let lower = text.to_ascii_lowercase();
    let (mantissa, exponent) = lower.split_once('p').ok_or(NumberError::Syntax)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(NumberError::Syntax);
    }
    let mut exponent: i64 = parse_decimal(exponent.as_bytes())?;
    let mut value = 0_u64;
    let mut sticky = false;
    for (at, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(digit.to_digit(16).ok_or(NumberError::Syntax)?);
        if value >> 56 == 0 {
            value = value << 4 | digit;
            if at >= whole.len() {
                exponent -= 4;
            }
        } else {
            sticky |= digit != 0;
            if at < whole.len() {
                exponent += 4;
            }
        }
    }
    if sticky {
        value |= 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "rounding to nearest is what is asked for")]
    let mut result = value as f64;
    let step = if exponent < 0 { 0.5 } else { 2.0 };
    for _ in 0..exponent.unsigned_abs().min(3000) {
        result *= step;
    }
    Ok(result)
}

/// The shortest decimal digits of a positive, finite number and the place of its point: `0.d1d2… * 10^point`.
pub(crate) fn shortest_digits(value: f64) -> (Vec<u8>, i32) {
    digits_of(&format!("{value:e}"))
}

fn digits_of(scientific: &str) -> (Vec<u8>, i32) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    let point = if digits.is_empty() { 0 } else { exponent.parse().unwrap_or(0) + 1 };
    (digits, point)
}

/// `strconv.FormatFloat(value, verb, precision, 64)`; `None` asks for the shortest text that reads back the same.
pub(crate) fn format_float(value: f64, verb: u8, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let size = value.abs();
    let unsigned = match verb {
        b'b' => format_binary(size),
        b'x' | b'X' => format_hex(size, verb, precision),
        b'e' | b'E' => {
            let (digits, point) = precision
                .map_or_else(|| shortest_digits(size), |places| digits_of(&format!("{size:.places$e}")));
            let places = precision.unwrap_or(digits.len().saturating_sub(1));
            exponent_form(&digits, point, places, verb)
        }
        b'f' | b'F' => match precision {
            Some(places) => format!("{size:.places$}"),
            None => format!("{size}"),
        },
        _ => {
            let wanted = precision.map(|places| places.max(1));
            let (digits, point) = wanted.map_or_else(
                || shortest_digits(size),
                |places| digits_of(&format!("{size:.0$e}", places - 1)),
            );
            let count = digits.len();
            let mut places = wanted.unwrap_or(count);
            let mut threshold = places;
            if threshold > count && i32::try_from(count).unwrap_or(i32::MAX) >= point {
                threshold = count;
            }
            if wanted.is_none() {
                threshold = 6;
            }
            let exponent = point - 1;
            if exponent < -4 || exponent >= i32::try_from(threshold).unwrap_or(i32::MAX) {
                places = places.min(count);
                exponent_form(&digits, point, places.saturating_sub(1), verb + b'e' - b'g')
            } else {
                if i32::try_from(places).unwrap_or(i32::MAX) > point {
                    places = count;
                }
                let after = int(places) - i64::from(point);
                fixed_form(&digits, point, usize::try_from(after).unwrap_or(0))
            }
        }
    };
    format!("{sign}{unsigned}")
}

fn exponent_form(digits: &[u8], point: i32, places: usize, verb: u8) -> String {
    let mut out = String::new();
    out.push(char::from(digits.first().copied().unwrap_or(b'0')));
    if places > 0 {
        out.push('.');
        for at in 1..=places {
            out.push(char::from(digits.get(at).copied().unwrap_or(b'0')));
        }
    }
    let exponent = if digits.is_empty() { 0 } else { point - 1 };
    let sign = if exponent < 0 { '-' } else { '+' };
    out.push(char::from(verb));
    out.push(sign);
    out.push_str(&format!("{:02}", exponent.unsigned_abs()));
    out
}

fn fixed_form(digits: &[u8], point: i32, places: usize) -> String {
    let mut out = String::new();
    if point > 0 {
        for at in 0..usize::try_from(point).unwrap_or(0) {
            out.push(char::from(digits.get(at).copied().unwrap_or(b'0')));
        }
    } else {
        out.push('0');
    }
    if places > 0 {
        out.push('.');
        for at in 0..places {
            let index = i64::from(point) + i64::try_from(at).unwrap_or(0);
            let digit = usize::try_from(index).ok().and_then(|index| digits.get(index));
            out.push(char::from(digit.copied().unwrap_or(b'0')));
        }
    }
    out
}

/// Mantissa and exponent with `value = mantissa * 2^exponent`.
fn mantissa_and_exponent(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let exponent = i64::try_from(bits >> 52 & 0x7ff).unwrap_or(0);
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) }
}

fn format_binary(value: f64) -> String {
    let (mantissa, exponent) = mantissa_and_exponent(value);
    let sign = if exponent >= 0 { "+" } else { "" };
    format!("{mantissa}p{sign}{exponent}")
}

fn format_hex(value: f64, verb: u8, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = mantissa_and_exponent(value);
    if mantissa == 0 {
        exponent = 0;
    } else {
        exponent += 52;
        mantissa <<= 8;
        while mantissa >> 60 == 0 {
            mantissa <<= 1;
            exponent -= 1;
        }
    }
    if let Some(places) = precision.filter(|places| *places < 15) {
        let shift = 60 - 4 * places;
        let low = mantissa & ((1 << shift) - 1);
        let half = 1_u64 << (shift - 1);
        mantissa >>= shift;
        if low > half || low == half && mantissa & 1 == 1 {
            mantissa += 1;
        }
        mantissa <<= shift;
        if mantissa >> 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let mut digits = format!("{:015x}", mantissa & ((1 << 60) - 1));
    match precision {
        None => digits.truncate(digits.trim_end_matches('0').len()),
        Some(places) => {
            digits.truncate(places);
            while digits.len() < places {
                digits.push('0');
            }
        }
    }
    let point = if digits.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    let text = format!("0x{}{point}{digits}p{sign}{:02}", mantissa >> 60, exponent.unsigned_abs());
    if verb == b'X' { text.to_uppercase() } else { text }
}

/// `%v` of a number.
pub(crate) fn float_text(value: f64) -> String {
    format_float(value, b'g', None)
}

/// The nearest number to a whole one.
#[expect(clippy::cast_precision_loss, reason = "rounding to nearest is what Go does")]
pub(crate) fn to_float(value: i64) -> f64 {
    value as f64
}

/// A length as Go's `int`.
pub(crate) fn int(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
