//! Lists.

use std::collections::BTreeMap;

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::MAX_ITEMS;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::NIL_POINTER;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::int;
use crate::helm::functions::arguments::items;
use crate::helm::functions::arguments::list_items;
use crate::helm::functions::arguments::list_like;
use crate::helm::functions::arguments::nil_list;
use crate::helm::functions::arguments::text;
use crate::helm::functions::conversion::string_value;
use crate::helm::functions::conversion::to_int;
use crate::helm::functions::deep_equal;
use crate::helm::functions::keep;
use crate::helm::functions::mix;
use crate::helm::go::runes;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::text::TextBuilder;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Element;
use crate::helm::value::Key;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;

pub(super) static ENTRIES: &[Entry] = &[
    keep("list", &[], list).and(Type::Any),
    keep("tuple", &[], list).and(Type::Any),
    keep("append", &[Type::Any, Type::Any], push),
    keep("push", &[Type::Any, Type::Any], push),
    keep("mustAppend", &[Type::Any, Type::Any], push),
    keep("mustPush", &[Type::Any, Type::Any], push),
    keep("prepend", &[Type::Any, Type::Any], prepend),
    keep("mustPrepend", &[Type::Any, Type::Any], prepend),
    keep("first", &[Type::Any], first),
    keep("mustFirst", &[Type::Any], first),
    keep("last", &[Type::Any], last),
    keep("mustLast", &[Type::Any], last),
    keep("rest", &[Type::Any], rest),
    keep("mustRest", &[Type::Any], rest),
    keep("initial", &[Type::Any], initial),
    keep("mustInitial", &[Type::Any], initial),
    keep("reverse", &[Type::Any], reverse),
    keep("mustReverse", &[Type::Any], reverse),
    keep("uniq", &[Type::Any], uniq),
    keep("mustUniq", &[Type::Any], uniq),
    keep("without", &[Type::Any], without).and(Type::Any),
    keep("mustWithout", &[Type::Any], without).and(Type::Any),
    mix("has", &[Type::Any, Type::Any], has),
    mix("mustHas", &[Type::Any, Type::Any], has),
    keep("slice", &[Type::Any], slice).and(Type::Any),
    keep("mustSlice", &[Type::Any], slice).and(Type::Any),
    keep("concat", &[], concat).and(Type::Any),
    keep("chunk", &[Type::Int, Type::Any], chunk),
    keep("mustChunk", &[Type::Int, Type::Any], chunk),
    keep("sortAlpha", &[Type::Any], sort_alpha),
    keep("toStrings", &[Type::Any], |_, arguments| Ok(List::of_texts(texts(any(arguments, 0))).into())),
    keep("join", &[Type::String, Type::Any], join),
    keep("split", &[Type::String, Type::String], split),
    keep("splitn", &[Type::String, Type::Int, Type::String], split_n),
    keep("splitList", &[Type::String, Type::String], split_list),
    mix("until", &[Type::Int], until),
    mix("untilStep", &[Type::Int, Type::Int, Type::Int], until_step),
    mix("seq", &[], seq).and(Type::Int),
];

fn list(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    if arguments.is_empty() {
        // A variadic function without arguments has a nil slice, but Go's reflection makes an empty one.
        return Ok(List::new(Vec::new()).into());
    }
    Ok(List::new(arguments.to_vec()).into())
}

fn push(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let list = any(arguments, 0);
    let mut items = list_items(list, "push on")?;
    items.push(any(arguments, 1).clone());
    Ok(list_like(items, list))
}

fn prepend(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let list = any(arguments, 0);
    let mut items = list_items(list, "prepend on")?;
    items.insert(0, any(arguments, 1).clone());
    Ok(list_like(items, list))
}

fn first(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let items = list_items(any(arguments, 0), "find first on")?;
    Ok(items.into_iter().next().unwrap_or(Value::NIL))
}

fn last(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let items = list_items(any(arguments, 0), "find last on")?;
    Ok(items.into_iter().next_back().unwrap_or(Value::NIL))
}

fn rest(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let list = any(arguments, 0);
    let items = list_items(list, "find rest on")?;
    if items.is_empty() {
        return Ok(nil_list());
    }
    Ok(list_like(items.into_iter().skip(1).collect(), list))
}

fn initial(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let list = any(arguments, 0);
    let mut items = list_items(list, "find initial on")?;
    if items.pop().is_none() {
        return Ok(nil_list());
    }
    Ok(list_like(items, list))
}

fn reverse(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let list = any(arguments, 0);
    let mut items = list_items(list, "find reverse on")?;
    items.reverse();
    Ok(list_like(items, list))
}

fn uniq(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let list = any(arguments, 0);
    let mut unique: Vec<Value> = Vec::new();
    // Most lists are of strings: those are looked up, everything else is compared one by one.
    let mut seen = std::collections::HashSet::new();
    for item in list_items(list, "find uniq on")? {
        if let Data::String(text) = &item.data {
            if seen.insert(text.bytes().to_vec()) {
                unique.push(item);
            }
            continue;
        }
        session.steps(unique.len() / 8)?;
        if !unique.iter().any(|known| deep_equal(&item, known)) {
            unique.push(item);
        }
    }
    Ok(list_like(unique, list))
}

fn without(session: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let list = any(arguments, 0);
    let omitted = arguments.get(1..).unwrap_or_default();
    let mut kept = list_items(list, "find without on")?;
    session.steps(kept.len().saturating_mul(omitted.len()) / 8)?;
    kept.retain(|item| !omitted.iter().any(|omitted| deep_equal(item, omitted)));
    Ok(list_like(kept, list))
}

fn has(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let haystack = any(arguments, 1);
    if haystack.is_nil() {
        return Ok(false.into());
    }
    let needle = any(arguments, 0);
    if let Data::List(list) = &haystack.data {
        return Ok(list.items().iter().any(|item| deep_equal(needle, item)).into());
    }
    let items = list_items(haystack, "find has on")?;
    Ok(items.iter().any(|item| deep_equal(needle, item)).into())
}

fn slice(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let list = any(arguments, 0);
    if list.is_nil() {
        return Err(Fault::new(NIL_POINTER));
    }
    let length = match &list.data {
        Data::List(list) => list.len(),
        Data::Bytes(text) => text.len(),
        _ => {
            let kind = list.kind_name();
            return Err(Fault::new(format!("list should be type of slice or array but {kind}")));
        }
    };
    if length == 0 {
        return Ok(Value::NIL);
    }
    let start = arguments.get(1).map_or(0, to_int);
    let end = arguments.get(2).map_or_else(|| crate::helm::go::numbers::int(length), to_int);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let Some((start, end)) = range.filter(|(start, end)| start <= end && *end <= length) else {
        return Err(Fault::new("reflect.Value.Slice: slice index out of bounds"));
    };
    Ok(match &list.data {
        Data::List(items) => {
            let part = items.items().get(start..end).unwrap_or_default().to_vec();
            Value::new(Data::List(List::of(items.element(), part)), list.origins.clone())
        }
        Data::Bytes(text) => Value::new(Data::Bytes(text.slice(start..end)), Origins::NONE),
        _ => Value::NIL,
    })
}

fn concat(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let mut all = Vec::new();
    let mut origins = Origins::NONE;
    for list in arguments {
        let Some(mut items) = items(list) else {
            if list.is_nil() {
                return Err(Fault::new(NIL_POINTER));
            }
            return Err(Fault::new(format!("Cannot concat type {} as list", list.kind_name())));
        };
        origins = origins.union(&list.origins);
        all.append(&mut items);
        if all.len() > MAX_ITEMS {
            break;
        }
    }
    if all.is_empty() {
        return Ok(nil_list());
    }
    Ok(Value::new(Data::List(List::new(all)), origins))
}

fn chunk(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let size = int(arguments, 0);
    let list = any(arguments, 1);
    let items = list_items(list, "chunk")?;
    let Ok(size @ 1..) = usize::try_from(size) else {
        if items.is_empty() && size < 0 {
            return Ok(List::of(Element::List, Vec::new()).into());
        }
        return Err(Fault::new("runtime error: makeslice: len out of range"));
    };
    let chunks = items.chunks(size).map(|part| list_like(part.to_vec(), list)).collect();
    Ok(Value::new(Data::List(List::of(Element::List, chunks)), list.origins.clone()))
}

/// Sprig's `strslice`: the members of a list as strings without the nils, or one string.
pub(crate) fn texts(value: &Value) -> Vec<Text> {
    match items(value) {
        Some(items) => items.iter().filter(|item| !item.is_nil()).map(string_value).collect(),
        None if value.is_nil() => Vec::new(),
        None => vec![string_value(value)],
    }
}

fn sort_alpha(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let value = any(arguments, 0);
    if items(value).is_none() {
        return Ok(List::of_texts([string_value(value)]).into());
    }
    let mut sorted = texts(value);
    sorted.sort_by(|one, other| one.bytes().cmp(other.bytes()));
    if let Data::List(list) = &value.data
        && matches!(list.element(), Element::String)
    {
        list.reorder(sorted.iter().cloned().map(Value::from).collect());
    }
    Ok(List::of_texts(sorted).into())
}

fn join(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let separator = text(arguments, 0);
    let mut out = TextBuilder::new();
    for (at, item) in texts(any(arguments, 1)).iter().enumerate() {
        if at > 0 {
            out.push_text(&separator);
        }
        out.push_text(item);
        if out.len() > crate::helm::go::print::MAX_BYTES {
            return Err(Session::too_large());
        }
    }
    Ok(out.finish().into())
}

/// `strings.SplitN`; an empty separator splits into characters.
pub(crate) fn split_text(text: &Text, separator: &[u8], count: Option<usize>) -> Vec<Text> {
    let bytes = text.bytes();
    let most = count.unwrap_or(usize::MAX);
    if most == 0 {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut start = 0;
    if separator.is_empty() {
        for (at, _, width) in runes::all(bytes) {
            if parts.len() + 1 >= most {
                break;
            }
            parts.push(text.slice(at..at + width));
            start = at + width;
        }
        if start < bytes.len() {
            parts.push(text.slice(start..bytes.len()));
        }
        return parts;
    }
    for found in memchr::memmem::find_iter(bytes, separator) {
        if parts.len() + 1 >= most {
            break;
        }
        parts.push(text.slice(start..found));
        start = found + separator.len();
    }
    parts.push(text.slice(start..bytes.len()));
    parts
}

fn numbered(parts: Vec<Text>) -> Value {
    let members = parts.into_iter().enumerate().map(|(at, part)| {
        let key: Key = format!("_{at}").into_bytes().into();
        (key, Member { key_origins: Origins::NONE, value: part.into() })
    });
    let members: BTreeMap<_, _> = members.collect();
    Value::new(Data::StringMap(Dict::of(members)), Origins::NONE)
}

fn split(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    Ok(numbered(split_text(&text(arguments, 1), text(arguments, 0).bytes(), None)))
}

fn split_n(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let count = usize::try_from(int(arguments, 1)).ok();
    Ok(numbered(split_text(&text(arguments, 2), text(arguments, 0).bytes(), count)))
}

fn split_list(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    Ok(List::of_texts(split_text(&text(arguments, 1), text(arguments, 0).bytes(), None)).into())
}

fn steps(start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Fault> {
    let mut numbers = Vec::new();
    let mut at = start;
    let down = stop < start;
    if down && step >= 0 || !down && step <= 0 {
        return Ok(numbers);
    }
    while if down { at > stop } else { at < stop } {
        if numbers.len() >= MAX_ITEMS {
            return Err(Fault::of(
                crate::helm::functions::FaultKind::Limit,
                format!("lists of more than {MAX_ITEMS} numbers are not made"),
            ));
        }
        numbers.push(at);
        let Some(next) = at.checked_add(step) else { break };
        at = next;
    }
    Ok(numbers)
}

fn ints(numbers: Vec<i64>) -> Value {
    let items = numbers.into_iter().map(|number| Value::new(Data::Int(number), Origins::NONE)).collect();
    List::of(Element::Int, items).into()
}

fn until(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let count = int(arguments, 0);
    Ok(ints(steps(0, count, if count < 0 { -1 } else { 1 })?))
}

fn until_step(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    Ok(ints(steps(int(arguments, 0), int(arguments, 1), int(arguments, 2))?))
}

fn seq(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let number = |at| int(arguments, at);
    let numbers = match arguments.len() {
        1 => {
            let step = if number(0) < 1 { -1 } else { 1 };
            steps(1, number(0).saturating_add(step), step)?
        }
        2 => {
            let step = if number(1) < number(0) { -1 } else { 1 };
            steps(number(0), number(1).saturating_add(step), step)?
        }
        3 => {
            let down = number(2) < number(0);
            if down && number(1) > 0 {
                return Ok("".into());
            }
            let end = number(2).saturating_add(if down { -1 } else { 1 });
            steps(number(0), end, number(1))?
        }
        _ => return Ok("".into()),
    };
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    Ok(numbers.join(" ").into())
}
