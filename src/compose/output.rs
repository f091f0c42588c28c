//! A project as text: the canonical JSON.

use serde_json::Map;
use serde_json::Number;
use serde_json::Value as Json;

use crate::compose::number;
use crate::compose::project::Project;
use crate::compose::value::Data;
use crate::compose::value::Value;

/// The canonical model: keys sorted, dollar signs as they are.
pub fn json(project: &Project) -> Json {
    let mut root = tree(&project.root);
    if let Json::Object(map) = &mut root {
        map.insert("name".to_owned(), Json::String(project.name.clone()));
        map.entry("services").or_insert_with(|| Json::Object(Map::new()));
        map.sort_keys();
    }
    root
}

/// A value as JSON.
pub fn tree(value: &Value) -> Json {
    match &value.data {
        Data::Null => Json::Null,
        Data::Bool(flag) => Json::Bool(*flag),
        Data::Int(number) => Json::Number((*number).into()),
        Data::Unsigned(number) => Json::Number((*number).into()),
        Data::Float(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        // The shortest digits that mean this number in single precision.
        Data::Single(number) => {
            let shortest: f64 = number.to_string().parse().unwrap_or(f64::from(*number));
            Number::from_f64(shortest).map_or(Json::Null, Json::Number)
        }
        Data::Time(text) => Json::String(number::rfc3339(text)),
        Data::String(text) => Json::String(text.clone()),
        Data::Sequence(items) => Json::Array(items.iter().map(tree).collect()),
        Data::Mapping(mapping) => {
            let entries = mapping.iter().map(|(key, entry)| (key.clone(), tree(&entry.value)));
            let mut map: Map<String, Json> = entries.collect();
            map.sort_keys();
            Json::Object(map)
        }
    }
}
