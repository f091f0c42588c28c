//! URLs as Go's `net/url` reads and writes them.

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::arguments::dict;
use crate::helm::functions::keep;
use crate::helm::functions::mix;
use crate::helm::go::quote;
use crate::helm::value::Dict;
use crate::helm::value::Value;

pub(super) static ENTRIES: &[Entry] =
    &[keep("urlParse", &[Type::String], parse), mix("urlJoin", &[Type::Dict], join)];

/// Where a text stands in a URL: it decides what is escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Path,
    Host,
    Zone,
    User,
    Query,
    Fragment,
}

fn must_escape(byte: u8, place: Place) -> bool {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
        return false;
    }
    if matches!(place, Place::Host | Place::Zone)
        && matches!(
            byte,
            b'!' | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'['
                | b']'
                | b'<'
                | b'>'
                | b'"'
        )
    {
        return false;
    }
    match byte {
        b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?' | b'@' => match place {
            Place::Path => byte == b'?',
            Place::User => matches!(byte, b'@' | b'/' | b'?' | b':'),
            Place::Query | Place::Host | Place::Zone => true,
            Place::Fragment => false,
        },
        b'!' | b'(' | b')' | b'*' => place != Place::Fragment,
        _ => true,
    }
}

fn escape(text: &[u8], place: Place) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if byte == b' ' && place == Place::Query {
            out.push(b'+');
        } else if must_escape(byte, place) {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            out.push(byte);
        }
    }
    out
}

/// `url.QueryEscape`
pub(super) fn escape_query(text: &[u8]) -> Vec<u8> {
    escape(text, Place::Query)
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(&quote::quote(text)).into_owned()
}

fn unescape(text: &[u8], place: Place) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte == b'%' {
            let code = text
                .get(at + 1..at + 3)
                .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
                .and_then(|digits| std::str::from_utf8(digits).ok())
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let Some(code) = code else {
                let end = text.len().min(at + 3);
                return Err(format!("invalid URL escape {}", shown(text.get(at..end).unwrap_or_default())));
            };
            if place == Place::Host && code < 0x80 {
                let shown = shown(text.get(at..at + 3).unwrap_or_default());
                return Err(format!("invalid URL escape {shown}"));
            }
            out.push(code);
            at += 3;
            continue;
        }
        if matches!(place, Place::Host | Place::Zone) && byte < 0x80 && must_escape(byte, place) {
            let name = shown(text.get(at..=at).unwrap_or_default());
            return Err(format!("invalid character {name} in host name"));
        }
        out.push(byte);
        at += 1;
    }
    Ok(out)
}

#[derive(Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    force_query: bool,
    fragment: Vec<u8>,
    /// An empty host that was written: `file:///x`.
    omit_host: bool,
}

fn split_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())),
            _ => break,
        }
    }
    Ok((b"", text))
}

impl Url {
    fn parse(text: &[u8]) -> Result<Self, String> {
        let hash = memchr::memchr(b'#', text);
        let (rest, fragment) = match hash {
            Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
            None => (text, b"".as_slice()),
        };
        let fail = |message: String, text: &[u8]| Err(format!("parse {}: {message}", shown(text)));
        let mut url = match Self::parse_rest(rest) {
            Ok(url) => url,
            Err(message) => return fail(message, rest),
        };
        match unescape(fragment, Place::Fragment) {
            Ok(fragment) => url.fragment = fragment,
            Err(message) => return fail(message, text),
        }
        Ok(url)
    }

    fn parse_rest(text: &[u8]) -> Result<Self, String> {
        if text.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let mut url = Self::default();
        if text == b"*" {
            url.path = b"*".to_vec();
            return Ok(url);
        }
        let (scheme, mut rest) = split_scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        if rest.ends_with(b"?") && memchr::memchr_iter(b'?', rest).count() == 1 {
            url.force_query = true;
            rest = rest.strip_suffix(b"?").unwrap_or(rest);
        } else if let Some(at) = memchr::memchr(b'?', rest) {
            url.query = rest.get(at + 1..).unwrap_or_default().to_vec();
            rest = rest.get(..at).unwrap_or_default();
        }
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            let segment = rest.split(|byte| *byte == b'/').next().unwrap_or_default();
            if segment.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let authority =
            (!url.scheme.is_empty() || !rest.starts_with(b"///")).then(|| rest.strip_prefix(b"//")).flatten();
        if let Some(after) = authority {
            let end = memchr::memchr(b'/', after).unwrap_or(after.len());
            url.parse_authority(after.get(..end).unwrap_or_default())?;
            rest = after.get(end..).unwrap_or_default();
        } else if !url.scheme.is_empty() && rest.starts_with(b"/") {
            url.omit_host = true;
        }
        url.path = unescape(rest, Place::Path)?;
        Ok(url)
    }

    fn parse_authority(&mut self, text: &[u8]) -> Result<(), String> {
        let at = memchr::memrchr(b'@', text);
        let host = at.map_or(text, |at| text.get(at + 1..).unwrap_or_default());
        self.host = parse_host(host)?;
        let Some(user) = at.and_then(|at| text.get(..at)) else { return Ok(()) };
        let allowed =
            |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte) || *byte >= 0x80;
        if !user.iter().all(|byte| allowed(byte) && *byte < 0x80) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        self.user = Some(match memchr::memchr(b':', user) {
            None => (unescape(user, Place::User)?, None),
            Some(colon) => (
                unescape(user.get(..colon).unwrap_or_default(), Place::User)?,
                Some(unescape(user.get(colon + 1..).unwrap_or_default(), Place::User)?),
            ),
        });
        Ok(())
    }

    fn user_text(&self) -> Vec<u8> {
        let Some((name, password)) = &self.user else { return Vec::new() };
        let mut out = escape(name, Place::User);
        if let Some(password) = password {
            out.push(b':');
            out.extend(escape(password, Place::User));
        }
        out
    }

    fn hostname(&self) -> Vec<u8> {
        let host = self.host.as_slice();
        if host.starts_with(b"[") {
            let end = memchr::memchr(b']', host).unwrap_or(host.len());
            return host.get(1..end).unwrap_or_default().to_vec();
        }
        let end = memchr::memrchr(b':', host)
            .filter(|colon| host.get(colon + 1..).is_some_and(|port| port.iter().all(u8::is_ascii_digit)));
        host.get(..end.unwrap_or(host.len())).unwrap_or_default().to_vec()
    }

    fn text(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            if !self.scheme.is_empty() || !self.host.is_empty() || self.user.is_some() {
                let left_out = self.omit_host && self.host.is_empty() && self.user.is_none();
                if !left_out {
                    if !self.host.is_empty() || !self.path.is_empty() || self.user.is_some() {
                        out.extend_from_slice(b"//");
                    }
                    if self.user.is_some() {
                        out.extend(self.user_text());
                        out.push(b'@');
                    }
                    out.extend(escape(&self.host, Place::Host));
                }
            }
            let path = if self.path == b"*" { b"*".to_vec() } else { escape(&self.path, Place::Path) };
            if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
                out.push(b'/');
            }
            if out.is_empty() {
                let segment = path.split(|byte| *byte == b'/').next().unwrap_or_default();
                if segment.contains(&b':') {
                    out.extend_from_slice(b"./");
                }
            }
            out.extend(path);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if self.force_query || !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(escape(&self.fragment, Place::Fragment));
        }
        out
    }
}

fn parse_host(host: &[u8]) -> Result<Vec<u8>, String> {
    let port_ok = |port: &[u8]| {
        port.is_empty() || port.strip_prefix(b":").is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
    };
    if host.starts_with(b"[") {
        let Some(close) = memchr::memrchr(b']', host) else { return Err("missing ']' in host".to_owned()) };
        let port = host.get(close + 1..).unwrap_or_default();
        if !port_ok(port) {
            return Err(format!("invalid port {} after host", shown(port)));
        }
        if let Some(zone) = memchr::memmem::find(host.get(..close).unwrap_or_default(), b"%25") {
            let mut out = unescape(host.get(..zone).unwrap_or_default(), Place::Host)?;
            out.extend(unescape(host.get(zone..close).unwrap_or_default(), Place::Zone)?);
            out.extend(unescape(host.get(close..).unwrap_or_default(), Place::Host)?);
            return Ok(out);
        }
    } else if let Some(colon) = memchr::memrchr(b':', host) {
        let port = host.get(colon..).unwrap_or_default();
        if !port_ok(port) {
            return Err(format!("invalid port {} after host", shown(port)));
        }
    }
    unescape(host, Place::Host)
}

fn parse(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let url = Url::parse(bytes(arguments, 0))
        .map_err(|message| Fault::new(format!("unable to parse url: {message}")))?;
    let origins = any(arguments, 0).origins();
    let part = |text: Vec<u8>| Value::string(text, origins.clone());
    let (hostname, userinfo) = (url.hostname(), url.user_text());
    let parts = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", hostname),
        ("path", url.path),
        ("query", url.query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", userinfo),
    ];
    let dict: Dict = parts.into_iter().map(|(name, text)| (name, part(text))).collect();
    Ok(dict.into())
}

fn join(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let parts = dict(arguments, 0);
    let get = |name: &str| match parts.get(name) {
        None => Ok(Vec::new()),
        Some(value) => match value.as_text() {
            Some(text) => Ok(text.bytes().to_vec()),
            None if value.is_nil() => Err(Fault::new(super::arguments::NIL_POINTER)),
            None => {
                let kind = value.kind_name();
                Err(Fault::new(format!(
                    "unable to parse {name} key, must be of type string, but {kind} found"
                )))
            }
        },
    };
    let mut url = Url {
        scheme: get("scheme")?,
        host: get("host")?,
        path: get("path")?,
        query: get("query")?,
        opaque: get("opaque")?,
        fragment: get("fragment")?,
        ..Url::default()
    };
    let userinfo = get("userinfo")?;
    if !userinfo.is_empty() {
        let text = [b"proto://".as_slice(), &userinfo, b"@host"].concat();
        url.user = Url::parse(&text)
            .map_err(|message| Fault::new(format!("unable to parse userinfo in dict: {message}")))?
            .user;
    }
    let origins = parts
        .members()
        .iter()
        .fold(crate::helm::text::Origins::NONE, |sum, (_, member)| sum.union(&member.value.origins()));
    Ok(Value::string(url.text(), origins))
}
