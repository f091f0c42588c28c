//! Names, addresses and URLs as `helm lint` judges them.

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
                     start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for \
                     validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
                         '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used \
                         for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const SERVICE: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
                       alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', \
                       regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(inner) && text.ends_with(inner) && text.chars().all(|c| inner(c) || c == '-')
}

/// What Kubernetes would say of the name of an object of that kind; `None` for a good one.
pub(super) fn complaint(kind: &str, name: &str) -> Option<String> {
    let too_long = |limit: usize| format!("must be no more than {limit} characters");
    match kind.to_ascii_lowercase().as_str() {
        "certificatesigningrequest" => None,
        "service" | "namespace" if name.len() > 63 => Some(too_long(63)),
        "service" => {
            let good = is_label(name) && name.starts_with(|c: char| c.is_ascii_lowercase());
            (!good).then(|| SERVICE.to_owned())
        }
        "namespace" => (!is_label(name)).then(|| LABEL.to_owned()),
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => {
            if name == "." || name == ".." {
                return Some(format!("may not be '{name}'"));
            }
            name.chars().find(|c| matches!(c, '/' | '%')).map(|c| format!("may not contain '{c}'"))
        }
        _ if name.len() > 253 => Some(too_long(253)),
        _ => (!name.split('.').all(is_label)).then(|| SUBDOMAIN.to_owned()),
    }
}

/// True where a template asks for the `crd-install` hook of Helm 2.
pub(super) fn is_crd_hook(text: &str) -> bool {
    text.match_indices("helm.sh/hook").any(|(at, found)| {
        let rest = text.get(at + found.len()..).unwrap_or_default();
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        let Some(rest) = rest.strip_prefix(':') else { return false };
        rest.starts_with(|c: char| c.is_ascii_whitespace())
            && rest.trim_ascii_start().starts_with("crd-install")
    })
}

/// True for `name@host.tld`.
pub(super) fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let name_good = !name.is_empty()
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && name
            .chars()
            .all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    name_good && host.contains('.') && is_host(host)
}

fn is_host(host: &str) -> bool {
    host.trim_end_matches('.').split('.').all(|part| {
        let inner = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric();
        part.starts_with(inner)
            && part.ends_with(inner)
            && part.chars().all(|c| inner(c) || c == '-' || c == '_')
    })
}

/// True for something that looks like the address of a page, with or without its scheme.
pub(super) fn is_url(text: &str) -> bool {
    if text.len() < 3 || text.len() > 2_083 || text.starts_with('.') || text.contains(char::is_whitespace) {
        return false;
    }
    let rest = match text.split_once("://") {
        Some((scheme, rest)) => {
            if !["http", "https", "ftp", "tcp", "udp", "ws", "wss"].contains(&scheme) {
                return false;
            }
            rest
        }
        None => text,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    is_host(host) && (host.contains('.') || host == "localhost")
}

/// True for an absolute URL: a scheme, and something after it.
pub(super) fn is_request_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !rest.is_empty()
        && !text.contains(char::is_control)
}
