//! What looks like a secret.

/// Words that, as part of a key, say that the value is a credential.
const CREDENTIALS: [&str; 16] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "credential",
    "credentials",
    "encryptionkey",
    "signingkey",
    "pass",
    "authkey",
];

/// Words that, after a credential, say that the value only leads to one or is about one: a file, a name, a length.
const ABOUT: [&str; 85] = [
    "age",
    "algorithm",
    "allowed",
    "audience",
    "backend",
    "class",
    "cost",
    "count",
    "days",
    "dir",
    "directory",
    "disabled",
    "driver",
    "enable",
    "enabled",
    "endpoint",
    "expiration",
    "expire",
    "expires",
    "expiry",
    "factor",
    "field",
    "file",
    "folder",
    "format",
    "group",
    "header",
    "hint",
    "host",
    "hostname",
    "hours",
    "id",
    "interval",
    "in",
    "issuer",
    "label",
    "language",
    "length",
    "lifetime",
    "limit",
    "location",
    "manager",
    "max",
    "mechanism",
    "method",
    "min",
    "minutes",
    "mode",
    "name",
    "namespace",
    "number",
    "path",
    "persistence",
    "plugin",
    "policy",
    "port",
    "prefix",
    "protocol",
    "provider",
    "rate",
    "ref",
    "region",
    "required",
    "role",
    "rotation",
    "rounds",
    "scope",
    "scopes",
    "seconds",
    "servers",
    "service",
    "size",
    "source",
    "store",
    "strategy",
    "suffix",
    "template",
    "time",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "validity",
    "version",
];

/// True for a key whose value is a credential: `POSTGRES_PASSWORD`, `secretAccessKey`, `api-token`.
///
/// Keys that lead to a credential without being one (`POSTGRES_PASSWORD_FILE`, `existingSecretName`) are not.
pub fn credential_shaped(key: &str) -> bool {
    if !may_name_a_credential(key) {
        return false;
    }
    let words = words(key);
    // etcd tells clusters apart by it, and everyone may know it.
    let cluster = ["initial", "cluster", "token"];
    // `existingSecretKey` says which key of a Secret that is there, not what stands behind it.
    let existing = words.windows(2).any(|pair| pair == ["existing", "secret"]);
    if existing
        || words.last().is_some_and(|last| ABOUT.contains(&last.as_str()))
        || words.ends_with(&cluster.map(str::to_owned))
    {
        return false;
    }
    let single = words.iter().any(|word| CREDENTIALS.contains(&word.as_str()));
    let pair = words.windows(2).any(|pair| CREDENTIALS.contains(&pair.concat().as_str()));
    single || pair
}

/// False where no word of [`CREDENTIALS`] can be in a key, whichever way it is taken apart into words. Nearly all keys
/// are told by this, which copies nothing.
fn may_name_a_credential(key: &str) -> bool {
    let mut rest = key.bytes();
    while let Some(first) = rest.next() {
        let stems: &[&str] = match first.to_ascii_lowercase() {
            b'p' => &["pass", "pwd"],
            b's' => &["secret"],
            b't' => &["token"],
            b'k' => &["key"],
            b'c' => &["credential"],
            // Other alphabets have letters that are small forms of these.
            128.. => return true,
            _ => continue,
        };
        let letters = || {
            let rest = rest.clone().filter(u8::is_ascii_alphanumeric);
            [first].into_iter().chain(rest).map(|byte| byte.to_ascii_lowercase())
        };
        if stems.iter().any(|stem| letters().take(stem.len()).eq(stem.bytes())) {
            return true;
        }
    }
    false
}

/// How tokens of well-known services begin, and how many more characters they have at least.
const TOKENS: [(&str, usize); 7] = [
    ("AKIA", 16),
    ("ghp_", 30),
    ("github_pat_", 30),
    ("glpat-", 18),
    ("dop_v1_", 40),
    ("sk_live_", 16),
    ("xoxb-", 20),
];

/// True for a value that begins as a well-known token does.
pub fn credential_start(value: &str) -> bool {
    TOKENS.iter().any(|(prefix, _)| value.starts_with(prefix))
}

/// True for a value that is the well-known form of a credential, whatever its key: a private key, a cloud access key,
/// a repository or payment token.
pub fn credential_value(value: &str) -> bool {
    let token = |(prefix, length): &(&str, usize)| {
        value.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= *length && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        })
    };
    value.contains("-----BEGIN") && value.contains("PRIVATE KEY-----") || TOKENS.iter().any(token)
}

/// True for a connection string with a password in it: `postgres://user:password@host/database`.
pub fn carries_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    user.split_once(':').is_some_and(|(_, password)| !placeholder(password))
}

/// True for a value that stands for a secret without being one: empty, a variable, a template, a switch, "dummy".
pub fn placeholder(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    value.is_empty()
        || value.contains("${")
        || value.starts_with('$')
        || value.contains("{{")
        || (value.starts_with('<') && value.ends_with('>'))
        || value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-'))
        || ["true", "false", "null", "none", "yes", "no", "on", "off", "0", "1", "dummy"]
            .contains(&lower.as_str())
        || value.starts_with("/run/secrets/")
}

/// True for a value that is made of words of its key, and so names what it leads to: `jwt-signature-secret` under
/// `JWT_SIGNATURE_SECRET_KEY`.
pub fn named_after(key: &str, value: &str) -> bool {
    let (key, value) = (words(key), words(value));
    value.len() > 1 && value.iter().all(|word| key.contains(word))
}

/// `secretAccessKey`, `SECRET_ACCESS_KEY` and `secret-access-key` are the same three words.
fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower_before = false;
    for character in key.chars() {
        if !character.is_alphanumeric() {
            words.push(String::new());
            lower_before = false;
            continue;
        }
        if words.is_empty() || (character.is_uppercase() && lower_before) {
            words.push(String::new());
        }
        lower_before = character.is_lowercase() || character.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
