//! What Kubernetes accepts as a name, a label or a port name. Each check returns what is wrong, in words.

/// A name of most objects: labels as in the domain name system, joined by dots, at most 253 characters.
pub fn subdomain(name: &str) -> Result<(), &'static str> {
    if name.len() > 253 {
        return Err("is longer than 253 characters");
    }
    if name.split('.').all(is_label) {
        Ok(())
    } else {
        Err(
            "must consist of lower case letters, digits, `-` and `.`, and start and end with a letter or digit",
        )
    }
}

/// A name of a namespace, a container, a volume: one such label, at most 63 characters.
pub fn label(name: &str) -> Result<(), &'static str> {
    if name.len() > 63 {
        return Err("is longer than 63 characters");
    }
    if is_label(name) {
        Ok(())
    } else {
        Err("must consist of lower case letters, digits and `-`, and start and end with a letter or digit")
    }
}

/// A name of a Service: as [`label`], but it starts with a letter.
pub fn service(name: &str) -> Result<(), &'static str> {
    label(name)?;
    if name.starts_with(|c: char| c.is_ascii_lowercase()) { Ok(()) } else { Err("must start with a letter") }
}

/// A name of a port: at most 15 characters of `a-z`, `0-9` and `-`, at least one of them a letter.
pub fn port(name: &str) -> Result<(), &'static str> {
    if name.len() > 15 {
        return Err("is longer than 15 characters");
    }
    if !is_label(name) || name.contains("--") {
        return Err("must consist of lower case letters, digits and single `-` between them");
    }
    if name.bytes().any(|byte| byte.is_ascii_lowercase()) { Ok(()) } else { Err("must contain a letter") }
}

/// A key of a label or annotation: `name` or `prefix.example.com/name`.
pub fn qualified(key: &str) -> Result<(), &'static str> {
    let name = match key.split_once('/') {
        Some((prefix, name)) => {
            if prefix.len() > 253 || !prefix.split('.').all(is_label) {
                return Err("has a prefix that is no domain name in lower case");
            }
            name
        }
        None => key,
    };
    if name.is_empty() {
        return Err("has an empty name");
    }
    label_value(name)
}

/// A value of a label: empty, or at most 63 letters, digits, `-`, `_` and `.` that start and end with a letter or digit.
pub fn label_value(value: &str) -> Result<(), &'static str> {
    if value.len() > 63 {
        return Err("is longer than 63 characters");
    }
    let inner = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let edge = |c: char| c.is_ascii_alphanumeric();
    if value.is_empty() || (inner && value.starts_with(edge) && value.ends_with(edge)) {
        Ok(())
    } else {
        Err("must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit")
    }
}

/// A name of an environment variable: any printable ASCII but `=`.
pub fn environment_variable(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("is empty");
    }
    if name.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=') {
        Ok(())
    } else {
        Err("must consist of printable ASCII without `=`")
    }
}

fn is_label(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && text.starts_with(edge)
        && text.ends_with(edge)
}
