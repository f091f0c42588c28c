//! Checks that are written as a JSON Schema on a card.

use serde_json::Value as Json;

use crate::compose::Service;
use crate::compose::Value;
use crate::diagnostic::Finding;
use crate::diagnostic::Remedy;
use crate::diagnostic::What;
use crate::ladder::Project;
use crate::rules::Card;
use crate::rules::CardCheck;
use crate::rules::Declared;
use crate::rules::DeclaredChange;
use crate::rules::DeclaredFix;
use crate::rules::SubjectKind;
use crate::source::Span;
use crate::yaml;

/// Holds the schema on a card against every service of a project.
pub(crate) fn services(card: &Card, project: &Project) -> Vec<Finding> {
    let CardCheck::Declared(declared) = &card.check else { return Vec::new() };
    let Some(model) = project.model().filter(|_| card.subject == SubjectKind::Service) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for service in model.services() {
        if declared.each.is_empty() {
            let fits = declared.schema.fits(service.value);
            let unknown = service.at(&declared.at).is_some_and(Value::is_unknown);
            if fits == declared.deny && !unknown {
                findings.push(finding(declared, service, service.value, &declared.at));
            }
            continue;
        }
        let Some(list) = service.at(&declared.each) else { continue };
        for (index, item) in list.items().iter().enumerate() {
            if item.is_unknown() || declared.schema.fits(item) != declared.deny {
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
    let finding = match &declared.help {
        Some(help) => finding.help(fill(help)),
        None => finding,
    };
    match &declared.fix {
        Some(fix) => finding.remedy(remedy(fix, declared, service, subject)),
        None => finding,
    }
}

/// What the card says under `fix:`, as a change of the text that decided it.
fn remedy(
    fix: &DeclaredFix,
    declared: &Declared,
    service: Service<'_>,
    subject: &Value,
) -> Result<Remedy, String> {
    let DeclaredFix { change, safety } = fix;
    match change {
        DeclaredChange::Remove(path) => {
            let (value, inner) =
                if path == "." { (Some(subject), "") } else { (subject.at(path), path.as_str()) };
            let value = value.ok_or("it is not written anywhere")?;
            let at = removable_at(value)?;
            let depth = |path: &str| path.split('.').filter(|part| !part.is_empty()).count();
            let emptied = (depth(inner) + depth(&declared.each)).saturating_sub(usize::from(path != "."));
            let what = value.as_str().filter(|_| path == ".").map_or(path.as_str(), |text| text);
            Ok(Remedy::new(format!("remove `{what}`"), *safety, at, What::Remove { emptied }))
        }
        DeclaredChange::Set(path, value) => {
            let text = match value {
                Json::String(text) => yaml::one_line(text).ok_or("its value takes several lines")?,
                other => other.to_string(),
            };
            let title = format!("set `{path}` to `{text}`");
            if let Some(before) = subject.at(path) {
                let text = value.as_str().map_or(text, str::to_owned);
                return Ok(Remedy::new(title, *safety, before.written_at()?, What::Replace(text)));
            }
            if path.contains('.') || !declared.each.is_empty() {
                return Err("what it belongs to is not written yet".to_owned());
            }
            let key = path.clone();
            Ok(Remedy::new(title, *safety, service.key, What::Set { key, value: text }))
        }
    }
}

/// Where a value can be removed: where it is written, unless a lower layer would then come through.
pub(super) fn removable_at(value: &Value) -> Result<Span, String> {
    if !value.origin.overridden.is_empty() {
        return Err("it overrides what another file says, and that would hold then".to_owned());
    }
    Ok(value.written_at()?)
}
