//! What looks like a secret, and what an encrypted value looks like.

use crate::source::carries_password;

/// How sure it is that a value is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// The name says so, and the value may be one.
    Likely,
    /// The name says so, and the value is too random to be anything else.
    Certain,
}

/// Words in the name of a value that hold secrets.
const WORDS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "apikey",
    "accesskey",
    "privatekey",
    "connectionstring",
];

/// Endings of names that are about a secret and do not hold it: `tokenUrl`, `secretName`.
const ABOUT: [&str; 27] = [
    "name",
    "names",
    "url",
    "uri",
    "path",
    "file",
    "id",
    "arn",
    "ref",
    "enabled",
    "length",
    "ttl",
    "expiry",
    "issuer",
    "type",
    "namespace",
    "version",
    "key-name",
    "endpoint",
    "audience",
    "config",
    "configs",
    "policy",
    "provider",
    "store",
    // The key under which a password lies.
    "passwordkey",
    "credentialkey",
];

/// Beginnings of names whose values are built into what every browser gets.
const PUBLIC: [&str; 6] = ["nextpublic", "nuxtpublic", "expopublic", "gatsby", "vite", "reactapp"];

/// Whether a value looks like a secret in the open, by its name and by how random its text is.
///
/// Pulumi's own warning on `pulumi config set` asks the same two questions; values that are written into the file by
/// hand are never asked.
pub fn suspicion(name: &str, text: &str) -> Option<Suspicion> {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let text = text.trim();
    // The address that errors are sent to has a key in it that everyone may know; a database's has a password.
    let telling =
        WORDS.iter().any(|word| plain.contains(word)) || plain.contains("dsn") && carries_password(text);
    let about = ABOUT.iter().any(|about| plain.ends_with(about));
    if about || !telling || PUBLIC.iter().any(|start| plain.starts_with(start)) {
        return None;
    }
    let placeholder = text.len() < 4
        || text.starts_with("${")
        || text.starts_with('<')
        || text.parse::<f64>().is_ok()
        || matches!(text, "true" | "false" | "null" | "none")
        || to_fill_in(text)
        || is_own_name(name, text);
    if placeholder {
        return None;
    }
    Some(if randomness(text) >= 3.0 && text.len() >= 12 { Suspicion::Certain } else { Suspicion::Likely })
}

/// True for what tells its reader to put something else there: `CHANGE_ME_BEFORE_DEPLOY`, `<password>`.
pub fn to_fill_in(text: &str) -> bool {
    let capitals =
        text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | ' '));
    let asks = ["CHANGE", "REPLACE", "YOUR", "INSERT", "FILL", "TODO", "PLACEHOLDER"];
    let angled = text.starts_with('<') && text.ends_with('>');
    angled || (capitals && asks.iter().any(|word| text.starts_with(word)))
}

/// True for a value that is the name it stands under, as examples have it: `licenseKey: licenseKey`.
pub fn is_own_name(name: &str, text: &str) -> bool {
    let plain = |text: &str| {
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    plain(name) == plain(text)
}

/// Shannon entropy of the characters, in bits for each.
fn randomness(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    for character in text.chars() {
        *counts.entry(character).or_insert(0_u32) += 1;
    }
    let all: u32 = counts.values().sum();
    let share = |count: u32| f64::from(count) / f64::from(all.max(1));
    counts.values().map(|&count| -share(count) * share(count).log2()).sum()
}

/// True for what Pulumi's encryption gives: `v1:…:…` with a passphrase, base64 otherwise.
pub fn is_ciphertext(text: &str) -> bool {
    let base64 = |part: &str| {
        part.len() >= 4
            && part.len().is_multiple_of(4)
            && part
                .trim_end_matches('=')
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
    };
    match text.strip_prefix("v1:") {
        Some(rest) => rest.split(':').count() == 2 && rest.split(':').all(base64),
        None => text.len() >= 24 && base64(text),
    }
}
