//! Custom resources: what a `CustomResourceDefinition` of the repository says about its objects.

use crate::diagnostic::nearest;
use crate::kubernetes::Minor;
use crate::kubernetes::Object;
use crate::kubernetes::Part;
use crate::kubernetes::Violation;
use crate::kubernetes::ViolationSort;
use crate::kubernetes::validate;
use crate::kubernetes::validate::Validation;
use crate::yaml::NodeRef;
use crate::yaml::Scalar;

/// Schemas nested deeper than this are not followed.
const MAX_DEPTH: usize = 128;

/// What a definition describes: API version, kind and schema of each version that is served.
pub(super) fn described<'t>(definition: &Object<'t>) -> Vec<(String, String, Option<NodeRef<'t>>)> {
    if !definition.is_kind("apiextensions.k8s.io", "CustomResourceDefinition") {
        return Vec::new();
    }
    let Some(spec) = definition.spec() else { return Vec::new() };
    let Some(group) = spec.text_at("group") else { return Vec::new() };
    let Some(kind) = spec.at(&["names", "kind"]).and_then(Part::text) else { return Vec::new() };
    // v1beta1 has one schema for all versions, above them.
    let shared = spec.at(&["validation", "openAPIV3Schema"]);
    let describe = |version: Part<'t>| {
        let name = version.text_at("name")?;
        let schema = version.at(&["schema", "openAPIV3Schema"]).or(shared).map(Part::node);
        Some((format!("{group}/{name}"), kind.to_string(), schema))
    };
    spec.list("versions").into_iter().filter_map(describe).collect()
}

/// Validates a custom resource against its structural schema.
pub(super) fn validate(object: &Object<'_>, schema: NodeRef<'_>, minor: Minor) -> Vec<Violation> {
    let mut validation = Validation::new(object, minor);
    Custom { validation: &mut validation, depth: 0 }.value(object.root, schema, true);
    if let Some(metadata) = object.root.get("metadata") {
        validate::metadata(&mut validation, metadata);
    }
    validation.done()
}

struct Custom<'v, 'o, 't> {
    validation: &'v mut Validation<'o, 't>,
    depth: usize,
}

impl Custom<'_, '_, '_> {
    /// A value against a schema; `resource` where it is a whole object with `apiVersion`, `kind` and `metadata`.
    fn value(&mut self, part: Part<'_>, schema: NodeRef<'_>, resource: bool) {
        if part.is_unknown() || self.depth > MAX_DEPTH {
            return;
        }
        self.depth += 1;
        let nullable = flag(schema, "nullable");
        if part.node().is_null() && nullable {
            self.depth -= 1;
            return;
        }
        let resource = resource || flag(schema, "x-kubernetes-embedded-resource");
        if flag(schema, "x-kubernetes-int-or-string") {
            if !matches!(part.node().scalar(), Some(Scalar::Int(_) | Scalar::String(_))) {
                self.validation.mismatch(part, "a whole number or a string");
            }
        } else {
            match schema.get("type").map(NodeRef::text).as_deref() {
                Some("object") => self.object(part, schema, resource),
                Some("array") => self.list(part, schema),
                Some(kind) => self.scalar(part, schema, kind),
                None => {}
            }
        }
        self.enumeration(part, schema);
        self.depth -= 1;
    }

    fn object(&mut self, part: Part<'_>, schema: NodeRef<'_>, resource: bool) {
        let node = part.node();
        if !node.is_mapping() {
            return self.validation.mismatch(part, "a mapping");
        }
        let properties = schema.get("properties");
        let additional = schema.get("additionalProperties");
        let open = flag(schema, "x-kubernetes-preserve-unknown-fields")
            || additional.is_some_and(|additional| additional.as_bool() == Some(true));
        let values = additional.filter(|additional| additional.is_mapping());
        // Nothing said of the fields at all: nothing is known about them.
        let silent = properties.is_none() && additional.is_none();
        for (key, value) in part.entries() {
            let name = key.node().text();
            if resource && matches!(&*name, "apiVersion" | "kind" | "metadata") {
                continue;
            }
            let known = properties.and_then(|properties| properties.get(&name)).or(values);
            match known {
                Some(schema) => {
                    if value.node().is_null() && !value.is_unknown() {
                        // Kubernetes prunes a null that is neither allowed nor required.
                        continue;
                    }
                    let step = if values.is_some() { format!("[{name}]") } else { name.to_string() };
                    self.validation.path.push(step);
                    let above = self.validation.key.replace(key.span());
                    self.value(value, schema, false);
                    self.validation.key = above;
                    self.validation.path.pop();
                }
                None if open || part.unknown_key(key.node()) => {}
                None if silent && !resource => {}
                None => self.unknown(&name, key, properties),
            }
        }
        for name in schema.get("required").into_iter().flat_map(NodeRef::items) {
            let name = name.text();
            let there = part.get(&name).is_some()
                || node.get(&name).is_some_and(|value| value.is_null() && nullable(properties, &name));
            if !there {
                let at = self.validation.anchor(node);
                self.validation.missing(&[&name], at);
            }
        }
    }

    fn unknown(&mut self, name: &str, key: Part<'_>, properties: Option<NodeRef<'_>>) {
        let names: Vec<String> = properties
            .into_iter()
            .flat_map(NodeRef::entries)
            .map(|entry| entry.key.text().into_owned())
            .collect();
        let help = nearest(name, names.iter().map(String::as_str)).map(|near| format!("write `{near}`"));
        let owner = self.validation.owner();
        self.validation.path.push(name.to_owned());
        let message = format!("`{owner}` has no field `{name}`");
        self.validation.say(ViolationSort::UnknownField, message, key.span(), help);
        self.validation.path.pop();
    }

    fn list(&mut self, part: Part<'_>, schema: NodeRef<'_>) {
        let node = part.node();
        if !node.is_sequence() {
            return self.validation.mismatch(part, "a list");
        }
        let length = i64::try_from(node.items().len()).unwrap_or(i64::MAX);
        if let Some(least) = schema.get("minItems").and_then(NodeRef::as_i64).filter(|least| length < *least)
        {
            self.validation.limit(part, &format!("has {length} items; at least {least} are needed"));
        }
        if let Some(most) = schema.get("maxItems").and_then(NodeRef::as_i64).filter(|most| length > *most) {
            self.validation.limit(part, &format!("has {length} items; at most {most} are allowed"));
        }
        let Some(items) = schema.get("items") else { return };
        for (index, item) in part.items().enumerate() {
            self.validation.path.push(validate::item_name(item, index));
            let above = self.validation.key.take();
            self.value(item, items, false);
            self.validation.key = above;
            self.validation.path.pop();
        }
    }

    fn scalar(&mut self, part: Part<'_>, schema: NodeRef<'_>, kind: &str) {
        let Some(scalar) = part.node().scalar() else {
            return self.validation.mismatch(part, wanted(kind));
        };
        let fits = match (kind, &scalar) {
            ("string", Scalar::String(_) | Scalar::Timestamp(_) | Scalar::Binary(_))
            | ("boolean", Scalar::Bool(_))
            | ("integer", Scalar::Int(_) | Scalar::Unsigned(_))
            | ("number", Scalar::Int(_) | Scalar::Unsigned(_) | Scalar::Float(_)) => true,
            ("integer", Scalar::Float(number)) => number.fract() == 0.0,
            ("string" | "boolean" | "integer" | "number", _) => false,
            _ => true,
        };
        if !fits {
            return self.validation.mismatch(part, wanted(kind));
        }
        match scalar {
            Scalar::String(text) => self.text(part, schema, &text),
            _ => self.number(part, schema),
        }
    }

    fn text(&mut self, part: Part<'_>, schema: NodeRef<'_>, text: &str) {
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        if let Some(least) = schema.get("minLength").and_then(NodeRef::as_i64).filter(|least| length < *least)
        {
            self.validation.refuse(part, &format!("is shorter than {least} characters"), None);
        }
        if let Some(most) = schema.get("maxLength").and_then(NodeRef::as_i64).filter(|most| length > *most) {
            self.validation.refuse(part, &format!("is longer than {most} characters"), None);
        }
        // A pattern that this engine cannot read (look-around) says nothing here.
        let pattern = schema.get("pattern").and_then(NodeRef::as_str);
        let regex = pattern.and_then(|pattern| regex::Regex::new(&pattern).ok());
        if let Some(regex) = regex.filter(|regex| !regex.is_match(text)) {
            self.validation.refuse(part, &format!("does not match `{regex}`"), None);
        }
    }

    fn number(&mut self, part: Part<'_>, schema: NodeRef<'_>) {
        let Some(number) = part.node().as_f64() else { return };
        let exclusive = |key: &str| flag(schema, key);
        if let Some(least) = schema.get("minimum").and_then(NodeRef::as_f64)
            && (number < least || (exclusive("exclusiveMinimum") && number <= least))
        {
            self.validation.refuse(part, &format!("is below the minimum of {least}"), None);
        }
        if let Some(most) = schema.get("maximum").and_then(NodeRef::as_f64)
            && (number > most || (exclusive("exclusiveMaximum") && number >= most))
        {
            self.validation.refuse(part, &format!("is above the maximum of {most}"), None);
        }
    }

    fn enumeration(&mut self, part: Part<'_>, schema: NodeRef<'_>) {
        let Some(values) = schema.get("enum").filter(|_| part.node().is_scalar()) else { return };
        let scalar = part.node().scalar();
        if values.items().any(|value| value.scalar() == scalar) {
            return;
        }
        let texts: Vec<String> = values.items().map(|value| value.text().into_owned()).collect();
        let near = nearest(&part.node().text(), texts.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("write one of `{}`", texts.join("`, `")),
            |near| format!("write `{near}`"),
        );
        self.validation.refuse(part, "is none of the values it can have", Some(help));
    }
}

fn flag(schema: NodeRef<'_>, key: &str) -> bool {
    schema.get(key).and_then(NodeRef::as_bool) == Some(true)
}

fn nullable(properties: Option<NodeRef<'_>>, name: &str) -> bool {
    properties.and_then(|properties| properties.get(name)).is_some_and(|schema| flag(schema, "nullable"))
}

fn wanted(kind: &str) -> &'static str {
    match kind {
        "string" => "a string",
        "boolean" => "a boolean",
        "integer" => "a whole number",
        _ => "a number",
    }
}
