//! Points in time, in the four forms that go-yaml knows.

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timestamp {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
    /// Minutes east of UTC.
    offset: i32,
}

impl Timestamp {
    /// Reads `2001-1-2`, `2001-1-2T3:4:5.6Z`, `2001-1-2t3:4:5+01:00` or `2001-1-2 3:4:5.6`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rest = Rest(text.as_bytes());
        let mut year = 0;
        for _ in 0..4 {
            year = year * 10 + rest.digit()?;
        }
        rest.expect(b'-')?;
        let month = rest.one_or_two()?;
        rest.expect(b'-')?;
        let day = rest.one_or_two()?;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if day == 0 || day > days {
            return None;
        }
        let mut time = Self { year, month, day, hour: 0, minute: 0, second: 0, nanosecond: 0, offset: 0 };
        let zoned = match rest.next() {
            None => return Some(time),
            Some(b'T' | b't') => true,
            Some(b' ') => false,
            Some(_) => return None,
        };
        if !zoned {
            while rest.take(b' ') {}
        }
        time.hour = rest.one_or_two().filter(|&hour| hour < 24)?;
        rest.expect(b':')?;
        time.minute = rest.one_or_two().filter(|&minute| minute < 60)?;
        rest.expect(b':')?;
        time.second = rest.one_or_two().filter(|&second| second < 60)?;
        if matches!(rest.0, [b'.' | b',', b'0'..=b'9', ..]) {
            rest.next();
            let mut scale = 100_000_000;
            while let Some(digit) = rest.digit() {
                time.nanosecond += digit * scale;
                scale /= 10;
            }
        }
        if zoned && !rest.take(b'Z') {
            let sign = match rest.next()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let hours = rest.two().filter(|&hours| hours <= 24)?;
            rest.expect(b':')?;
            let minutes = rest.two().filter(|&minutes| minutes <= 60)?;
            time.offset = sign * i32::try_from(hours * 60 + minutes).ok()?;
        }
        rest.0.is_empty().then_some(time)
    }
}

/// As RFC 3339 has it, with as many digits after the point as are needed.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { year, month, day, hour, minute, second, nanosecond, offset } = *self;
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if nanosecond > 0 {
            write!(formatter, ".{}", format!("{nanosecond:09}").trim_end_matches('0'))?;
        }
        if offset == 0 {
            return formatter.write_str("Z");
        }
        let sign = if offset < 0 { '-' } else { '+' };
        write!(formatter, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
    }
}

struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.0.first() == Some(&byte);
        if taken {
            self.next();
        }
        taken
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    fn digit(&mut self) -> Option<u32> {
        let digit = self.0.first().filter(|byte| byte.is_ascii_digit())?;
        let digit = u32::from(digit - b'0');
        self.next();
        Some(digit)
    }

    fn one_or_two(&mut self) -> Option<u32> {
        let first = self.digit()?;
        Some(self.digit().map_or(first, |second| first * 10 + second))
    }

    fn two(&mut self) -> Option<u32> {
        Some(self.digit()? * 10 + self.digit()?)
    }
}
