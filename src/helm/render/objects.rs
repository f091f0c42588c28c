//! The objects that templates see: `.Chart`, `.Release`, `.Capabilities`, `.Files`, `.Values`, `.Subcharts`.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::helm::HelmVersion;
use crate::helm::capabilities;
use crate::helm::chart::ChartFile;
use crate::helm::chart::Field;
use crate::helm::chart::Import;
use crate::helm::engine::RenderFile;
use crate::helm::engine::TemplateSource;
use crate::helm::record::Record;
use crate::helm::record::RecordKind;
use crate::helm::release::Release;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Dict;
use crate::helm::value::Element;
use crate::helm::value::List;
use crate::helm::value::Member;
use crate::helm::value::Value;
use crate::helm::values::Declared;
use crate::helm::values::Node;
use crate::helm::values::table;
use crate::source::Source;
use crate::source::Span;
use crate::source::Spanned;

/// All templates of a chart and its dependencies with what each of them sees, by their full name.
pub(crate) type Files = BTreeMap<String, (TemplateSource, RenderFile)>;

/// `.Release`
pub(crate) fn release(release: &Release) -> Value {
    // Names lead through almost every template; the line to look at is the template's, not the command's.
    let name = Value::from(release.name.value.as_str());
    let namespace = Value::from(release.namespace.value.as_str());
    let upgrade = release.options.is_upgrade;
    let dict: Dict = [
        ("Name", name),
        ("Namespace", namespace),
        ("IsUpgrade", Value::from(upgrade && !release.options.lint)),
        ("IsInstall", Value::from(!upgrade && !release.options.lint)),
        ("Revision", Value::new(Data::Int(i64::from(!release.options.lint)), Origins::NONE)),
        ("Service", Value::from("Helm")),
    ]
    .into_iter()
    .collect();
    Value::from(dict)
}

/// `.Capabilities`
pub(crate) fn capabilities(release: &Release) -> Value {
    let helm = release.options.helm;
    let version = &release.options.kube_version;
    let seen = if helm.keeps_whole_kube_version() {
        vec![version.whole.as_str(), &version.version, &version.major, &version.minor]
    } else {
        vec![version.version.as_str(), &version.major, &version.minor]
    };
    let kube = Record::new(RecordKind::KubeVersion(helm), seen.into_iter().map(Value::from).collect());
    let extra = release.options.api_versions.iter().map(String::as_str);
    let usual = match &release.options.served {
        Some(served) => served.iter().map(String::as_str).collect(),
        None => capabilities::API_VERSIONS.to_vec(),
    };
    let versions = usual.into_iter().chain(extra).map(Value::from).collect();
    let mut build = vec![helm.name(), "", "", capabilities::GO_VERSION];
    if helm.names_kube_client() {
        build.push(capabilities::KUBE_CLIENT_VERSION);
    }
    let build = Record::new(RecordKind::HelmVersion(helm), build.into_iter().map(Value::from).collect());
    let fields = vec![
        Value::new(Data::Record(kube), Origins::NONE),
        Value::new(Data::List(List::of(Element::ApiVersion(helm), versions)), Origins::NONE),
        Value::new(Data::Record(build), Origins::NONE),
    ];
    Value::new(Data::Record(Record::new(RecordKind::Capabilities(helm), fields)), Origins::NONE)
}

/// Where a value is written, if places are kept.
fn at(span: Span, places: bool) -> Origins {
    if places { Origins::at(span) } else { Origins::NONE }
}

fn field(field: &Field, places: bool) -> Value {
    match field {
        Some(field) => Value::string(field.value.as_str(), at(field.span, places)),
        None => Value::from(""),
    }
}

fn texts(items: &[Spanned<String>], places: bool) -> Value {
    if items.is_empty() {
        return Value::from(List::nil(Element::String));
    }
    let items = items.iter().map(|item| Value::string(item.value.as_str(), at(item.span, places)));
    Value::from(List::of(Element::String, items.collect()))
}

fn chart(node: &Node, helm: HelmVersion, places: bool) -> Value {
    let metadata = &node.chart.metadata;
    let maintainers = metadata.maintainers.iter().flatten().map(|maintainer| {
        let fields = vec![
            field(&maintainer.name, places),
            field(&maintainer.email, places),
            field(&maintainer.url, places),
        ];
        Value::new(Data::Record(Record::new(RecordKind::Maintainer, fields)), Origins::NONE)
    });
    let maintainers: Vec<Value> = maintainers.collect();
    let maintainers = if maintainers.is_empty() {
        List::nil(Element::Maintainer)
    } else {
        List::of(Element::Maintainer, maintainers)
    };
    let deprecated = match &metadata.deprecated {
        Some(flag) => Value::new(Data::Bool(flag.value), at(flag.span, places)),
        None => Value::from(false),
    };
    let annotations = match &metadata.annotations {
        None => Dict::nil(),
        Some(annotations) => annotations
            .iter()
            .map(|(key, text)| (key, Value::string(text.value.as_str(), at(text.span, places))))
            .collect(),
    };
    let dependencies = match node.declared() {
        None => List::nil(Element::Dependency),
        Some(declared) => {
            List::of(Element::Dependency, declared.iter().filter_map(|one| dependency(one, places)).collect())
        }
    };
    let fields = vec![
        // As with the name of the release: no line of Chart.yaml decides what is called after it.
        Value::from(node.name()),
        field(&metadata.home, places),
        texts(&metadata.sources, places),
        field(&metadata.version, places),
        field(&metadata.description, places),
        texts(&metadata.keywords, places),
        Value::from(maintainers),
        field(&metadata.icon, places),
        field(&metadata.api_version, places),
        field(&metadata.condition, places),
        field(&metadata.tags, places),
        field(&metadata.app_version, places),
        deprecated,
        Value::new(Data::StringMap(annotations), Origins::NONE),
        field(&metadata.kube_version, places),
        Value::from(dependencies),
        field(&metadata.kind, places),
        Value::from(node.is_root()),
    ];
    let record = Value::new(Data::Record(Record::new(RecordKind::Chart, fields)), Origins::NONE);
    if helm.shows_chart_as_map() { unfolded(&record) } else { record }
}

/// A struct as a map of its fields by their Go names, and so are the structs in it. Its lists are lists of anything,
/// and never nil.
fn unfolded(value: &Value) -> Value {
    let data = match &value.data {
        Data::Record(record) => {
            Data::Dict(record.fields().map(|(field, value)| (field.name, unfolded(value))).collect())
        }
        Data::List(list) => Data::List(List::new(list.items().iter().map(unfolded).collect())),
        _ => return value.clone(),
    };
    Value::new(data, value.origins.clone())
}

fn dependency(declared: &Declared, places: bool) -> Option<Value> {
    let written = declared.written()?;
    let imports: Vec<Value> = written
        .import_values
        .iter()
        .filter_map(|import| {
            if declared.imported() {
                let (child, parent) = match import {
                    Import::Exports(key) => (format!("exports.{}", key.value), "."),
                    Import::Table { child, parent, .. } => (child.clone(), parent.as_str()),
                    Import::Ignored(_) => return None,
                };
                let map = [("child", Value::from(child)), ("parent", Value::from(parent))];
                return Some(Value::new(Data::StringMap(map.into_iter().collect()), Origins::NONE));
            }
            Some(match import {
                Import::Exports(key) => Value::string(key.value.as_str(), at(key.span, places)),
                Import::Table { child, parent, .. } => {
                    let map =
                        [("child", Value::from(child.as_str())), ("parent", Value::from(parent.as_str()))];
                    Value::from(map.into_iter().collect::<Dict>())
                }
                Import::Ignored(_) => Value::NIL,
            })
        })
        .collect();
    let imports = if imports.is_empty() { List::nil(Element::Any) } else { List::new(imports) };
    let fields = vec![
        Value::from(declared.name()),
        field(&written.version, places),
        field(&written.repository, places),
        field(&written.condition, places),
        texts(&written.tags, places),
        Value::from(true),
        Value::from(imports),
        field(&written.alias, places),
    ];
    Some(Value::new(Data::Record(Record::new(RecordKind::Dependency, fields)), Origins::NONE))
}

/// Collects the templates of a chart and of everything below it. Returns what its parent sees in `.Subcharts`.
pub(crate) fn collect(node: &Rc<Node>, above: &Above, files: &mut Files) -> Dict {
    let values = match &above.values {
        Scope::Root(values) => Value::new(Data::Values(values.clone(), above.helm), Origins::NONE),
        Scope::Parent(parent) => match table(parent, &node.name()) {
            Some(own) => Value::new(Data::Values(own, above.helm), Origins::NONE),
            None => Value::new(Data::Values(Dict::new(), above.helm), Origins::NONE),
        },
    };
    let subcharts = Dict::new();
    let set = node.chart.file_set();
    let root: Dict = [
        ("Chart", chart(node, above.helm, above.places)),
        ("Files", Value::new(Data::Files(set), Origins::NONE)),
        ("Release", above.release.clone()),
        ("Capabilities", above.capabilities.clone()),
        ("Values", values.clone()),
        ("Subcharts", Value::from(subcharts.clone())),
    ]
    .into_iter()
    .collect();
    let own = values.as_dict().cloned().unwrap_or_default();
    for child in node.dependencies() {
        let below = Above {
            helm: above.helm,
            places: above.places,
            values: Scope::Parent(own.clone()),
            release: above.release.clone(),
            capabilities: above.capabilities.clone(),
        };
        let seen = collect(&child, &below, files);
        subcharts
            .insert_member(child.name(), Member { key_origins: Origins::NONE, value: Value::from(seen) });
    }
    let path = node.full_path();
    for template in &node.chart.templates {
        let base = template.name.rsplit('/').next().unwrap_or(&template.name);
        if node.chart.is_library() && !base.starts_with('_') {
            continue;
        }
        let name = format!("{path}/{}", template.name);
        let Some(source) = template_source(&name, template) else { continue };
        let file = RenderFile {
            name: name.clone(),
            base_path: format!("{path}/templates"),
            root: Value::from(root.clone()),
        };
        files.insert(name, (source, file));
    }
    root
}

/// What a chart takes from the one above it.
pub(crate) struct Above {
    pub(crate) helm: HelmVersion,
    /// True where it is kept where the fields of `.Chart` are written.
    pub(crate) places: bool,
    pub(crate) values: Scope,
    pub(crate) release: Value,
    pub(crate) capabilities: Value,
}

/// Where a chart's values are found.
pub(crate) enum Scope {
    /// These are its values.
    Root(Dict),
    /// They are a key of the parent's.
    Parent(Dict),
}

/// A template under the name that Helm gives it.
pub(crate) fn template_source(name: &str, template: &ChartFile) -> Option<TemplateSource> {
    let source: &Arc<Source> = template.source()?;
    let offset = template.offset();
    let text = if offset == 0 { Arc::clone(&source.text) } else { template.text()?.into() };
    Some(TemplateSource { name: name.to_owned(), source: source.id, text, offset })
}
