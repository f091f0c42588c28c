//! YAML, as `fromYaml` reads it: the first document, every value with the places behind its text.

use std::collections::BTreeMap;

use crate::helm::text::Mark;
use crate::helm::text::Origins;
use crate::helm::text::Text;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;
use crate::source::Source;
use crate::source::Span;

/// The value of the first document, nil where there is none; the error is Helm's text.
pub(crate) fn parse(text: &Text) -> Result<Value, String> {
    let Ok(shown) = std::str::from_utf8(text.bytes()) else {
        return Err("error converting YAML to JSON: yaml: invalid leading UTF-8 octet".to_owned());
    };
    let source = Source::loose(shown);
    let tree = crate::helm::chart::read_yaml(&source).map_err(|problem| problem.message)?;
    let Some(root) = tree.root() else { return Ok(Value::NIL) };
    let places = !text.is_unmarked();
    let value = crate::helm::values::value(root, places).map_err(|problem| problem.message)?;
    Ok(if places { relocated(value, text) } else { value })
}

/// Values read from a text on the way, with the places behind that text instead of places in it.
fn relocated(value: Value, text: &Text) -> Value {
    let behind = |origins: &Origins| match origins.iter().next() {
        Some(origin) => text.origins_in(shown_range(origin.span)),
        None => Origins::NONE,
    };
    let origins = behind(&value.origins);
    let data = match value.data {
        Data::String(inner) => {
            let values = behind(&inner.origins());
            Data::String(inner.remarked(Mark::value(values)))
        }
        Data::List(list) => {
            let items = list.items().iter().map(|item| relocated(item.clone(), text)).collect();
            Data::List(List::new(items))
        }
        Data::Dict(dict) => {
            let members = dict.members().into_iter().map(|(key, member)| {
                let key_origins = behind(&member.key_origins);
                (key, Member { key_origins, value: relocated(member.value, text) })
            });
            Data::Dict(Dict::of(members.collect::<BTreeMap<_, _>>()))
        }
        data => data,
    };
    Value::new(data, origins)
}

fn shown_range(span: Span) -> std::ops::Range<usize> {
    // An empty scalar has no byte of its own: the one before it stands for it.
    if span.is_empty() { span.range().start.saturating_sub(1)..span.range().start } else { span.range() }
}
