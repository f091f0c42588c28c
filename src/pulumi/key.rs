//! Names of configuration values: `namespace:name`.

use std::fmt;

/// A configuration key with its namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The project, or a provider such as `digitalocean`.
    pub namespace: String,
    /// The name in that namespace.
    pub name: String,
}

impl Key {
    /// Reads a key as written in a file. One without a namespace belongs to the project; the old form
    /// `namespace:config:name` is read, too.
    pub fn parse(written: &str, project: &str) -> Self {
        match written.split_once(':') {
            Some((namespace, name)) => {
                let name = name.strip_prefix("config:").unwrap_or(name);
                Self { namespace: namespace.to_owned(), name: name.to_owned() }
            }
            None => Self { namespace: project.to_owned(), name: written.to_owned() },
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.namespace, self.name)
    }
}
