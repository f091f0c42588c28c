//! What looks like a secret, and what an encrypted value looks like.

/// How sure it is that a value is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// The name says so, and the value may be one.
    Likely,
    /// The name says so, and the value is too random to be anything else.
    Certain,
}

/// Words in the name of a value that hold secrets.
const WORDS: [&str; 12] = [
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
    "dsn",
];

/// Endings of names that are about a secret and do not hold it: `tokenUrl`, `secretName`.
const ABOUT: [&str; 25] = [
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
];

/// Whether a value looks like a secret in the open, by its name and by how random its text is.
///
/// Pulumi's own warning on `pulumi config set` asks the same two questions; values that are written into the file by
/// hand are never asked.
pub fn suspicion(name: &str, text: &str) -> Option<Suspicion> {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if ABOUT.iter().any(|about| plain.ends_with(about)) || !WORDS.iter().any(|word| plain.contains(word)) {
        return None;
    }
    let text = text.trim();
    let placeholder = text.len() < 4
        || text.starts_with("${")
        || text.starts_with('<')
        || text.parse::<f64>().is_ok()
        || matches!(text, "true" | "false" | "null" | "none")
        || to_fill_in(text);
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
