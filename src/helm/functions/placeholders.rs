//! Functions whose result differs from run to run: keys, certificates, passwords, random text.
//!
//! Each gives a placeholder of the right shape, the same in every run, and marks it as unknown.

#![expect(
    clippy::format_push_string,
    reason = "short pieces; `write!` would bring an error that cannot happen"
)]

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::arguments::int;
use crate::helm::functions::arguments::string;
use crate::helm::functions::crypto::base64_decode;
use crate::helm::functions::crypto::base64_encode;
use crate::helm::functions::mix;
use crate::helm::go::runes;
use crate::helm::record::Record;
use crate::helm::record::RecordKind;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Value;
use crate::source::Unknown;

const NAMES: &[Type] = &[Type::String, Type::List, Type::List, Type::Int];

pub(super) static ENTRIES: &[Entry] = &[
    mix("randAlphaNum", &[Type::Int], |session, arguments| {
        random(session, arguments, "randAlphaNum", ALPHANUMERIC)
    }),
    mix("randAlpha", &[Type::Int], |session, arguments| random(session, arguments, "randAlpha", ALPHABET)),
    mix("randNumeric", &[Type::Int], |session, arguments| random(session, arguments, "randNumeric", DIGITS)),
    mix("randAscii", &[Type::Int], |session, arguments| random(session, arguments, "randAscii", PRINTABLE)),
    mix("randBytes", &[Type::Int], random_bytes),
    mix("randInt", &[Type::Int, Type::Int], random_int),
    mix("shuffle", &[Type::String], |_, arguments| {
        Ok(Value::string(bytes(arguments, 0), unknown("shuffle", "chance")))
    }),
    mix("uuidv4", &[], uuid),
    mix("bcrypt", &[Type::String], |session, _| {
        Ok(Value::string(password_hash(session), unknown("bcrypt", "chance")))
    }),
    mix("htpasswd", &[Type::String, Type::String], htpasswd),
    mix("genPrivateKey", &[Type::String], private_key),
    mix("genCA", &[Type::String, Type::Int], |session, _| Ok(certificate(session, "genCA"))),
    mix("genCAWithKey", &[Type::String, Type::Int, Type::String], |session, arguments| {
        with_key(session, arguments, 2, "genCAWithKey")
    }),
    mix("genSelfSignedCert", NAMES, |session, arguments| {
        check_names(arguments)?;
        Ok(certificate(session, "genSelfSignedCert"))
    }),
    mix(
        "genSelfSignedCertWithKey",
        &[Type::String, Type::List, Type::List, Type::Int, Type::String],
        |session, arguments| {
            check_names(arguments)?;
            with_key(session, arguments, 4, "genSelfSignedCertWithKey")
        },
    ),
    mix(
        "genSignedCert",
        &[Type::String, Type::List, Type::List, Type::Int, Type::Certificate],
        |session, arguments| {
            check_names(arguments)?;
            Ok(certificate(session, "genSignedCert"))
        },
    ),
    mix(
        "genSignedCertWithKey",
        &[Type::String, Type::List, Type::List, Type::Int, Type::Certificate, Type::String],
        |session, arguments| {
            check_names(arguments)?;
            with_key(session, arguments, 5, "genSignedCertWithKey")
        },
    ),
    mix("buildCustomCert", &[Type::String, Type::String], custom_certificate),
];

const DIGITS: &str = "0123456789";
const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALPHANUMERIC: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const PRINTABLE: &str =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

/// The mark on what cannot be known: the function, and what it hangs on.
pub(super) fn unknown(function: &str, cause: &str) -> Origins {
    Origins::unknown(Unknown { why: format!("`{function}` hangs on {cause}"), span: None })
}

/// Numbers that look random and are the same in every run: one sequence a call, another for the next call.
struct Sequence(u64);

impl Sequence {
    fn next(session: &mut Session<'_>) -> Self {
        session.placeholders += 1;
        Self(session.placeholders.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.number().to_le_bytes()[0]).collect()
    }

    fn of(&mut self, alphabet: &str, count: usize) -> String {
        let letters = alphabet.as_bytes();
        let length = u64::try_from(letters.len()).unwrap_or(1);
        let letter = |number: u64| {
            let at = usize::try_from(number % length).unwrap_or(0);
            char::from(letters.get(at).copied().unwrap_or(b'0'))
        };
        (0..count).map(|_| letter(self.number())).collect()
    }
}

fn random(session: &mut Session<'_>, arguments: &[Value], name: &str, alphabet: &str) -> Answer {
    // A negative count is an error that Sprig swallows.
    let count = usize::try_from(int(arguments, 0)).unwrap_or(0);
    session.charge(count)?;
    let text = Sequence::next(session).of(alphabet, count);
    let text = if count == 0 { String::new() } else { text };
    Ok(Value::string(text, unknown(name, "chance")))
}

fn random_bytes(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let Ok(count) = usize::try_from(int(arguments, 0)) else {
        return Err(Fault::new("runtime error: makeslice: len out of range"));
    };
    session.charge(count)?;
    let bytes = Sequence::next(session).bytes(count);
    Ok(Value::string(base64_encode(&bytes), unknown("randBytes", "chance")))
}

fn random_int(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let (least, end) = (int(arguments, 0), int(arguments, 1));
    let Some(range) =
        end.checked_sub(least).and_then(|range| u64::try_from(range).ok()).filter(|range| *range > 0)
    else {
        return Err(Fault::new("invalid argument to Intn"));
    };
    let offset = i64::try_from(Sequence::next(session).number() % range).unwrap_or(0);
    Ok(Value::new(Data::Int(least.wrapping_add(offset)), unknown("randInt", "chance")))
}

fn uuid(session: &mut Session<'_>, _: &[Value]) -> Answer {
    let mut bytes = Sequence::next(session).bytes(16);
    if let Some(version) = bytes.get_mut(6) {
        *version = *version & 0x0f | 0x40;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = *variant & 0x3f | 0x80;
    }
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(Value::string(text, unknown("uuidv4", "chance")))
}

fn password_hash(session: &mut Session<'_>) -> String {
    let hash = Sequence::next(session).of(&format!("./{ALPHANUMERIC}"), 53);
    format!("$2a$10${hash}")
}

fn htpasswd(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let user = bytes(arguments, 0);
    if user.contains(&b':') {
        let name = string(arguments, 0);
        return Ok(format!("invalid username: {name}").into());
    }
    let text = [user, b":", password_hash(session).as_bytes()].concat();
    Ok(Value::string(text, unknown("htpasswd", "chance")))
}

fn pem(session: &mut Session<'_>, label: &str, length: usize) -> String {
    let body = base64_encode(&Sequence::next(session).bytes(length));
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in body.chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

fn private_key(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    // The usual lengths of the encoded keys, in bytes.
    let (label, length) = match bytes(arguments, 0) {
        b"" | b"rsa" => ("RSA PRIVATE KEY", 2349),
        b"dsa" => ("DSA PRIVATE KEY", 1192),
        b"ecdsa" => ("EC PRIVATE KEY", 121),
        b"ed25519" => ("PRIVATE KEY", 48),
        other => {
            let other = String::from_utf8_lossy(other);
            return Ok(format!("Unknown type {other}").into());
        }
    };
    Ok(Value::string(pem(session, label, length), unknown("genPrivateKey", "chance")))
}

fn record(cert: Value, key: Value, origins: Origins) -> Value {
    Value::new(Data::Record(Record::new(RecordKind::Certificate, vec![cert, key])), origins)
}

/// Addresses and further names of a certificate must be texts, and addresses must be addresses.
fn check_names(arguments: &[Value]) -> Result<(), Fault> {
    let items = |at: usize| {
        let list = arguments.get(at).and_then(Value::as_list);
        list.map(|list| list.items().to_vec()).unwrap_or_default()
    };
    let shown = |value: &Value| crate::helm::go::print::sprint_one(value).to_str().into_owned();
    for address in items(1) {
        let Some(text) = address.as_text() else {
            return Err(Fault::new(format!("error parsing ip: {} is not a string", shown(&address))));
        };
        if text.to_str().parse::<std::net::IpAddr>().is_err() {
            return Err(Fault::new(format!("error parsing ip: {}", shown(&address))));
        }
    }
    for name in items(2) {
        if name.as_text().is_none() {
            let shown = shown(&name);
            return Err(Fault::new(format!("error processing alternate dns name: {shown} is not a string")));
        }
    }
    Ok(())
}

fn certificate(session: &mut Session<'_>, name: &str) -> Value {
    let origins = unknown(name, "chance");
    let cert = Value::string(pem(session, "CERTIFICATE", 800), origins.clone());
    let key = Value::string(pem(session, "RSA PRIVATE KEY", 1191), origins.clone());
    record(cert, key, origins)
}

/// The first PEM block of a text, decoded.
fn pem_block(text: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(text).into_owned();
    let (_, after) = text.split_once("-----BEGIN ")?;
    let (label, after) = after.split_once("-----")?;
    let (body, _) = after.split_once(&format!("-----END {label}-----"))?;
    let body: Vec<u8> = body.bytes().filter(|byte| !runes::is_space(char::from(*byte))).collect();
    base64_decode(&body).ok()
}

fn with_key(session: &mut Session<'_>, arguments: &[Value], at: usize, name: &str) -> Answer {
    if pem_block(bytes(arguments, at)).is_none() {
        return Err(Fault::new("parsing private key: no PEM data in input"));
    }
    let origins = unknown(name, "chance");
    let cert = Value::string(pem(session, "CERTIFICATE", 800), origins.clone());
    let key = arguments.get(at).cloned().unwrap_or(Value::NIL);
    Ok(record(cert, key, origins))
}

fn custom_certificate(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let decode = |at: usize, what: &str| {
        let text = base64_decode(bytes(arguments, at))
            .map_err(|_| Fault::new(format!("unable to decode base64 {what}")))?;
        match pem_block(&text) {
            Some(_) => Ok(text),
            None if what == "certificate" => Err(Fault::new("unable to decode certificate")),
            None => Err(Fault::new("unable to decode key")),
        }
    };
    let cert = decode(0, "certificate")?;
    let key = decode(1, "private key")?;
    let origins = |at: usize| arguments.get(at).map(Value::origins).unwrap_or_default();
    Ok(record(Value::string(cert, origins(0)), Value::string(key, origins(1)), Origins::NONE))
}
