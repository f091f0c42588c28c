//! Checks that are written as a JSON Schema on a card.

use serde_json::Value as Json;

use crate::compose::Data;
use crate::compose::Service;
use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::ladder::Project;
use crate::rules::Card;
use crate::rules::CardCheck;
use crate::rules::Declared;
use crate::rules::SubjectKind;

/// Holds the schema on a card against every service of a project.
pub(crate) fn services(card: &Card, project: &Project) -> Vec<Finding> {
    let CardCheck::Declared(declared) = &card.check else { return Vec::new() };
    let Some(model) = project.model().filter(|_| card.subject == SubjectKind::Service) else {
        return Vec::new();
    };
    let Some(validator) = declared.validator() else { return Vec::new() };
    let mut findings = Vec::new();
    for service in model.services() {
        if declared.each.is_empty() {
            let fits = validator.is_valid(&json(service.value));
            let unknown = service.at(&declared.at).is_some_and(Value::is_unknown);
            if fits == declared.deny && !unknown {
                findings.push(finding(declared, service, service.value, &declared.at));
            }
            continue;
        }
        let Some(list) = service.at(&declared.each) else { continue };
        for (index, item) in list.items().iter().enumerate() {
            if item.is_unknown() || validator.is_valid(&json(item)) != declared.deny {
                continue;
            }
            findings.push(finding(declared, service, item, &format!("{}.{index}", declared.each)));
        }
    }
    findings
}

fn finding(declared: &Declared, service: Service<'_>, subject: &Value, path: &str) -> Finding {
    let value = subject.at(&declared.at).filter(|_| !declared.at.is_empty());
    let whole = declared.each.is_empty();
    let span = match value {
        Some(value) => value.origin.span,
        None if whole => service.key,
        None => subject.origin.span,
    };
    let text = value.or(Some(subject)).and_then(Value::as_str).unwrap_or_default();
    let fill = |message: &str| message.replace("{name}", service.name).replace("{value}", text);
    let path = if path.is_empty() { String::new() } else { format!(".{path}") };
    let finding = Finding::new(fill(&declared.message), span, format!("services.{}{path}", service.name));
    match &declared.help {
        Some(help) => finding.help(fill(help)),
        None => finding,
    }
}

/// The value as JSON, without what is unknown: a schema never decides about that.
fn json(value: &Value) -> Json {
    match &value.data {
        _ if value.is_unknown() => Json::Null,
        Data::Null => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Int(value) => Json::from(*value),
        Data::Unsigned(value) => Json::from(*value),
        Data::Float(value) => Json::from(*value),
        Data::Single(value) => Json::from(*value),
        Data::Time(text) | Data::String(text) => Json::String(text.clone()),
        Data::Sequence(items) => {
            Json::Array(items.iter().filter(|item| !item.is_unknown()).map(json).collect())
        }
        Data::Mapping(mapping) => {
            let known = mapping.iter().filter(|(_, entry)| !entry.value.is_unknown());
            Json::Object(known.map(|(key, entry)| (key.clone(), json(&entry.value))).collect())
        }
    }
}
