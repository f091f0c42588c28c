//! Paths, with `/` between the parts.

use crate::helm::functions::Entry;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::bytes;
use crate::helm::functions::mix;

pub(super) static ENTRIES: &[Entry] = &[
    mix("base", &[Type::String], |_, arguments| Ok(base(bytes(arguments, 0)).into())),
    mix("osBase", &[Type::String], |_, arguments| Ok(base(bytes(arguments, 0)).into())),
    mix("dir", &[Type::String], |_, arguments| Ok(folder(bytes(arguments, 0)).into())),
    mix("osDir", &[Type::String], |_, arguments| Ok(folder(bytes(arguments, 0)).into())),
    mix("clean", &[Type::String], |_, arguments| Ok(clean(bytes(arguments, 0)).into())),
    mix("osClean", &[Type::String], |_, arguments| Ok(clean(bytes(arguments, 0)).into())),
    mix("ext", &[Type::String], |_, arguments| Ok(extension(bytes(arguments, 0)).into())),
    mix("osExt", &[Type::String], |_, arguments| Ok(extension(bytes(arguments, 0)).into())),
    mix("isAbs", &[Type::String], |_, arguments| Ok(bytes(arguments, 0).starts_with(b"/").into())),
    mix("osIsAbs", &[Type::String], |_, arguments| Ok(bytes(arguments, 0).starts_with(b"/").into())),
];

/// `path.Base`
pub(super) fn base(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    let path = path.get(..end).unwrap_or_default();
    match path.rsplit(|byte| *byte == b'/').next() {
        Some(name) if !name.is_empty() => name.to_vec(),
        _ => b"/".to_vec(),
    }
}

fn folder(path: &[u8]) -> Vec<u8> {
    let end = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    clean(path.get(..end).unwrap_or_default())
}

fn extension(path: &[u8]) -> Vec<u8> {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let start = name.iter().rposition(|byte| *byte == b'.').unwrap_or(name.len());
    name.get(start..).unwrap_or_default().to_vec()
}

/// `path.Clean`
fn clean(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let rooted = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b"..".as_slice() => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/".as_slice(), &joined].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
