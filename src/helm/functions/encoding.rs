//! Values to text and back: YAML, JSON, TOML.

use crate::helm::emit::json;
use crate::helm::emit::json::Options;
use crate::helm::emit::toml;
use crate::helm::emit::yaml;
use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::any;
use crate::helm::functions::arguments::text;
use crate::helm::functions::keep;
use crate::helm::read;
use crate::helm::text::Text;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Element;
use crate::helm::value::List;
use crate::helm::value::Value;

const PRETTY: Options = Options { pretty: true, raw: false };
const RAW: Options = Options { pretty: false, raw: true };
const COMPACT: Options = Options { pretty: false, raw: false };

pub(super) static ENTRIES: &[Entry] = &[
    keep("toYaml", &[Type::Any], |session, arguments| Ok(yaml_text(session, any(arguments, 0))?.into())),
    keep("toYamlPretty", &[Type::Any], |_, arguments| {
        let written = yaml::to_yaml_pretty(any(arguments, 0))?;
        Ok(written.map(|text| without_newline(&text)).unwrap_or_default().into())
    }),
    keep("fromYaml", &[Type::String], |_, arguments| {
        Ok(mapping(read::yaml::parse(&text(arguments, 0)), true))
    }),
    keep("fromYamlArray", &[Type::String], |_, arguments| {
        Ok(sequence(read::yaml::parse(&text(arguments, 0)), true))
    }),
    keep("toJson", &[Type::Any], |_, arguments| written(any(arguments, 0), COMPACT)),
    keep("toPrettyJson", &[Type::Any], |_, arguments| written(any(arguments, 0), PRETTY)),
    keep("toRawJson", &[Type::Any], |_, arguments| must_write(any(arguments, 0), RAW)),
    keep("mustToJson", &[Type::Any], |_, arguments| must_write(any(arguments, 0), COMPACT)),
    keep("mustToPrettyJson", &[Type::Any], |_, arguments| must_write(any(arguments, 0), PRETTY)),
    keep("mustToRawJson", &[Type::Any], |_, arguments| must_write(any(arguments, 0), RAW)),
    keep("fromJson", &[Type::String], |_, arguments| {
        Ok(mapping(read::json::parse(&text(arguments, 0)), false))
    }),
    keep("fromJsonArray", &[Type::String], |_, arguments| {
        Ok(sequence(read::json::parse(&text(arguments, 0)), false))
    }),
    keep("mustFromJson", &[Type::String], |_, arguments| {
        read::json::parse(&text(arguments, 0)).map_err(Fault::new)
    }),
    keep("toToml", &[Type::Any], to_toml),
    keep("fromToml", &[Type::String], |_, arguments| {
        Ok(mapping(read::toml::parse(&text(arguments, 0)), false))
    }),
];

pub(super) fn without_newline(text: &Text) -> Text {
    let end = text.len() - usize::from(text.bytes().ends_with(b"\n"));
    text.slice(0..end)
}

/// `toYaml`: empty where the value has no YAML.
pub(crate) fn yaml_text(_: &mut Session<'_>, value: &Value) -> Result<Text, Fault> {
    Ok(yaml::to_yaml(value)?.map(|text| without_newline(&text)).unwrap_or_default())
}

fn written(value: &Value, options: Options) -> Answer {
    Ok(json::to_json(value, options)?.unwrap_or_default().into())
}

fn must_write(value: &Value, options: Options) -> Answer {
    Ok(json::to_json(value, options)?.map_err(Fault::new)?.into())
}

fn go_kind(value: &Value) -> &'static str {
    match value.data {
        Data::List(_) => "array",
        Data::String(_) => "string",
        Data::Bool(_) => "bool",
        Data::Float(_) => "number",
        _ => "object",
    }
}

fn wrong_type(value: &Value, yaml: bool, wanted: &str) -> String {
    let lead = if yaml { "error unmarshaling JSON: while decoding JSON: " } else { "" };
    format!("{lead}json: cannot unmarshal {} into Go value of type {wanted}", go_kind(value))
}

/// A map, or a map that says under `Error` why there is none.
fn mapping(read: Result<Value, String>, yaml: bool) -> Value {
    let message = match read {
        Ok(value) if matches!(value.data, Data::Dict(_)) => return value,
        // A null leaves the empty map that Helm reads into; as JSON it leaves a nil map.
        Ok(value) if value.is_nil() && yaml => return Dict::new().into(),
        Ok(value) if value.is_nil() => return Dict::nil().into(),
        Ok(value) => wrong_type(&value, yaml, "map[string]interface {}"),
        Err(message) => message,
    };
    [("Error", Value::from(message))].into_iter().collect::<Dict>().into()
}

/// A list, or a list of the one message why there is none.
fn sequence(read: Result<Value, String>, yaml: bool) -> Value {
    let message = match read {
        Ok(value) if matches!(value.data, Data::List(_)) => return value,
        Ok(value) if value.is_nil() && yaml => return List::new(Vec::new()).into(),
        Ok(value) if value.is_nil() => return List::nil(Element::Any).into(),
        Ok(value) => wrong_type(&value, yaml, "[]interface {}"),
        Err(message) => message,
    };
    vec![Value::from(message)].into()
}

fn to_toml(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let value = any(arguments, 0);
    if value.is_nil() {
        return Err(Fault::new("reflect: call of reflect.Value.Type on zero Value"));
    }
    Ok(match toml::to_toml(value)? {
        Ok(text) => text.into(),
        Err(message) => message.into(),
    })
}
