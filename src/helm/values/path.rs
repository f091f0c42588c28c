//! Dotted paths into values, as conditions and `import-values` use them.

use crate::helm::value::Dict;
use crate::helm::value::Value;

/// The map at a dotted path; `None` where something on the way is missing or no map.
pub(crate) fn table(values: &Dict, path: &str) -> Option<Dict> {
    path.split('.').try_fold(values.clone(), |at, key| at.get(key)?.as_dict().cloned())
}

/// The value at a dotted path that is not a map. A null counts.
pub(crate) fn value_at(values: &Dict, path: &str) -> Option<Value> {
    let (parent, key) = match path.rsplit_once('.') {
        Some((parent, key)) => (table(values, parent)?, key),
        None => (values.clone(), path),
    };
    parent.get(key).filter(|value| value.as_dict().is_none())
}
