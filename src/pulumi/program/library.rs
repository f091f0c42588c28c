//! What is known of libraries: Pulumi's own API, provider packages, and a few functions of the languages.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::pulumi::ConfigType;
use crate::pulumi::Data;
use crate::pulumi::Key;
use crate::pulumi::Value;
use crate::pulumi::configuration::Lookup;
use crate::pulumi::program::Language;
use crate::pulumi::program::Resource;
use crate::pulumi::program::Use;
use crate::pulumi::program::evaluate::Arguments;
use crate::pulumi::program::execute::unclear;
use crate::pulumi::program::held::Content;
use crate::pulumi::program::held::Held;
use crate::pulumi::program::held::Traced;
use crate::pulumi::program::machine::Flow;
use crate::pulumi::program::machine::Machine;
use crate::pulumi::program::machine::REPETITIONS;
use crate::pulumi::slugs;
use crate::source::Known;
use crate::source::Span;
use crate::source::Unknown;

/// The key under which a mapping says that it has further entries that are not known.
pub(super) const REST: &str = "\u{0}rest";

/// The text behind a constant of a provider package, such as `digitalocean/RegionFRA1`.
pub(super) fn constant(path: &str) -> Option<&'static str> {
    let (package, name) = path.split_once('/')?;
    if package != "digitalocean" {
        return None;
    }
    slugs::digitalocean(name)
}

/// Methods that mappings have in the languages at hand.
pub(super) fn is_method(name: &str) -> bool {
    matches!(
        name,
        "get"
            | "items"
            | "keys"
            | "values"
            | "update"
            | "copy"
            | "pop"
            | "setdefault"
            | "hasOwnProperty"
            | "toString"
    )
}

/// Methods that outputs of resources have.
pub(super) fn is_output_method(name: &str) -> bool {
    name.starts_with("Apply")
        || name.starts_with("To")
        || matches!(
            name,
            "apply"
                | "ID"
                | "URN"
                | "Elem"
                | "Index"
                | "apply_async"
                | "then"
                | "catch"
                | "get_output"
                | "GetOutput"
        )
}

impl Machine<'_> {
    /// Calls a function, or makes an object, of a library.
    pub(super) fn foreign(&mut self, path: &str, arguments: Arguments, span: Span) -> Traced {
        if let Some(name) = path.strip_prefix("global:") {
            return self.global(name, arguments, span);
        }
        if path.starts_with("go:") || path.starts_with("node:") || path.starts_with("py:") {
            return self.standard(path, arguments, span);
        }
        if let Some(name) = path.strip_prefix("pulumi/") {
            return self.core(name, arguments, span);
        }
        match self.language() {
            Language::Go => self.go_provider(path, arguments, span),
            Language::TypeScript | Language::Yaml => self.node_provider(path, arguments, span),
            Language::Python => self.python_provider(path, arguments, span),
        }
    }

    fn go_provider(&mut self, path: &str, arguments: Arguments, span: Span) -> Traced {
        let (module, name) = path.rsplit_once('/').unwrap_or(("", path));
        let with_context = matches!(arguments.first(), Some((_, Traced { held: Held::Context, .. })));
        let mut values = arguments.iter().map(|(_, value)| value.clone());
        if with_context && let Some(name) = name.strip_prefix("New").filter(|name| !name.is_empty()) {
            values.next();
            let title = values.next().unwrap_or_else(|| Traced::new(Held::Null, span));
            let properties = values.next();
            let options: Vec<Traced> = values.collect();
            let made = self.register(&format!("{module}/{name}"), title, properties, options, span);
            let error = Traced::new(Held::Null, span);
            return Traced::new(Held::Tuple(Rc::from([made, error])), span);
        }
        if with_context
            && let Some(name) = name.strip_prefix("Get")
            && arguments.len() >= 4
            && !path.contains("/Lookup")
        {
            let made = self.existing(&format!("{module}/{name}"), values.nth(1), span);
            let error = Traced::new(Held::Null, span);
            return Traced::new(Held::Tuple(Rc::from([made, error])), span);
        }
        if arguments.len() == 1 && !with_context {
            // A conversion to a type of the provider.
            if let Some((_, value)) = arguments.into_iter().next() {
                return value;
            }
            return Traced::new(Held::Null, span);
        }
        let why = invoked(path, span);
        self.callbacks(&arguments, &why, span);
        let unknown = Traced::new(Held::Unknown(why), span);
        Traced::new(Held::Tuple(Rc::from([unknown, Traced::new(Held::Null, span)])), span)
    }

    fn node_provider(&mut self, path: &str, arguments: Arguments, span: Span) -> Traced {
        let (module, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut values = arguments.iter().map(|(_, value)| value.clone());
        if name == "get" && module.rsplit('/').next().is_some_and(starts_large) {
            return self.existing(module, values.next(), span);
        }
        if starts_large(name) {
            let title = values.next().unwrap_or_else(|| Traced::new(Held::Null, span));
            let properties = values.next();
            let options: Vec<Traced> = values.collect();
            return self.register(path, title, properties, options, span);
        }
        let why = invoked(path, span);
        self.callbacks(&arguments, &why, span);
        Traced::new(Held::Unknown(why), span)
    }

    fn python_provider(&mut self, path: &str, arguments: Arguments, span: Span) -> Traced {
        let (module, name) = path.rsplit_once('/').unwrap_or(("", path));
        if name == "get" && module.rsplit('/').next().is_some_and(starts_large) {
            return self.existing(module, arguments.into_iter().next().map(|(_, value)| value), span);
        }
        if !starts_large(name) {
            let why = invoked(path, span);
            self.callbacks(&arguments, &why, span);
            return Traced::new(Held::Unknown(why), span);
        }
        let mut named: IndexMap<Arc<str>, Traced> = IndexMap::new();
        let mut positional = Vec::new();
        for (name, value) in arguments {
            match name {
                Some(name) => {
                    named.insert(name, value);
                }
                None => positional.push(value),
            }
        }
        let kind = Traced::new(Held::Foreign(path.into()), span);
        if name.ends_with("Args") || name.ends_with("ArgsDict") || name.ends_with("Opts") {
            return self.object(Content::Map(named), Some(kind), false, span);
        }
        let mut positional = positional.into_iter();
        let title = named.shift_remove("resource_name").or_else(|| positional.next());
        let title = title.unwrap_or_else(|| Traced::new(Held::Null, span));
        let options = named.shift_remove("opts").into_iter().collect();
        let given = named.shift_remove("args").or_else(|| positional.next());
        if let Some(Content::Map(more)) = given.as_ref().and_then(|given| self.content(given)) {
            for (key, value) in more.clone() {
                named.entry(key).or_insert(value);
            }
        } else if let Some(why) = given.as_ref().and_then(Traced::why) {
            named.insert(REST.into(), Traced::new(Held::Unknown(why), span));
        }
        let properties = self.object(Content::Map(named), Some(kind), false, span);
        self.register(path, title, Some(properties), options, span)
    }

    /// Takes down a resource.
    fn register(
        &mut self,
        path: &str,
        title: Traced,
        properties: Option<Traced>,
        options: Vec<Traced>,
        span: Span,
    ) -> Traced {
        let mut resource = Resource {
            token: token(path),
            name: self.frozen(&title),
            properties: IndexMap::new(),
            rest: None,
            options: IndexMap::new(),
            span,
            existing: false,
            condition: self.uncertain.first().map(|why| why.as_ref().clone()),
        };
        if let Some(properties) = properties {
            let frozen = self.frozen_properties(&properties);
            match frozen.data {
                Known::Known(Data::Map(entries)) => resource.properties = entries,
                Known::Known(_) => {}
                Known::Unknown(why) => resource.rest = Some(why),
            }
            if let Some(Content::Map(entries)) = self.content(&properties)
                && let Some(rest) = entries.get(REST)
            {
                resource.rest = rest.why().map(|why| why.as_ref().clone());
            }
        }
        for option in options {
            if let Known::Known(Data::Map(entries)) = self.frozen_properties(&option).data {
                resource.options.extend(entries);
            }
        }
        self.reading.resources.push(resource);
        Traced::new(Held::Resource(self.reading.resources.len() - 1), span)
    }

    fn existing(&mut self, path: &str, title: Option<Traced>, span: Span) -> Traced {
        let title = title.unwrap_or_else(|| Traced::new(Held::Null, span));
        let made = self.register(path, title, None, Vec::new(), span);
        if let Some(resource) = self.reading.resources.last_mut() {
            resource.existing = true;
            resource.rest = Some(Unknown { why: "it exists already".to_owned(), span: Some(span) });
        }
        made
    }

    /// What a program reads of a resource: the input of that name, or an output.
    pub(super) fn property(&mut self, resource: usize, name: &str, span: Span) -> Traced {
        let wanted = camel(name);
        let input =
            self.reading.resources.get(resource).and_then(|resource| resource.properties.get(&wanted));
        match input.cloned() {
            Some(value) if wanted != "id" => self.thawed(&value),
            _ => {
                let of = self.reading.resources.get(resource).and_then(|resource| resource.name.text());
                let of = of.map(|of| format!(" of `{of}`")).unwrap_or_default();
                Traced::unknown(format!("`{wanted}` is an output{of}"), span)
            }
        }
    }

    // Pulumi's own API.

    fn core(&mut self, name: &str, arguments: Arguments, span: Span) -> Traced {
        let first = |arguments: &Arguments| arguments.first().map(|(_, value)| value.clone());
        let nothing = Traced::new(Held::Null, span);
        let last = name.rsplit('/').next().unwrap_or(name);
        if let Some(getter) = name.strip_prefix("config/") {
            return match getter {
                "New" => self.config(arguments.get(1).map(|(_, value)| value.clone()), span),
                // Package functions take the full key.
                getter => {
                    let key = arguments.get(1).map(|(_, value)| value.clone());
                    let rest = arguments.into_iter().skip(2);
                    let rest = key.into_iter().map(|key| (None, key)).chain(rest).collect();
                    self.config_call(None, getter, rest, span)
                }
            };
        }
        match name {
            "Config" => self.config(first(&arguments), span),
            "getStack" | "get_stack" | "runtime/getStack" => self.stack_name(span),
            "getProject" | "get_project" | "runtime/getProject" => self.project_name(span),
            "Run" | "RunErr" | "Run/WithContext" => {
                if let Some((_, function)) = arguments.into_iter().next() {
                    let context = Traced::new(Held::Context, span);
                    self.apply(&function, vec![(None, context)], span);
                }
                nothing
            }
            "interpolate" | "concat" | "Output/concat" => {
                let parts: Vec<Traced> = arguments.into_iter().map(|(_, value)| value).collect();
                self.joined(&parts, "", span)
            }
            "Sprintf" | "Output/format" => {
                let mut values = arguments.into_iter().map(|(_, value)| value);
                let format = values.next().unwrap_or(nothing);
                let rest: Vec<Traced> = values.collect();
                self.formatted(&format, &rest, span)
            }
            "secret" | "ToSecret" | "Output/secret" => first(&arguments).map_or(nothing, Traced::into_secret),
            "all" | "All" | "Output/all" | "allWithContext" => {
                let only = match arguments.as_slice() {
                    [(None, only)] if self.content(only).is_some() => Some(only.clone()),
                    _ => None,
                };
                match only {
                    Some(only) => only,
                    None if arguments.iter().any(|(name, _)| name.is_some()) => {
                        let named = arguments.into_iter().filter_map(|(name, value)| Some((name?, value)));
                        let named = named.collect();
                        self.map(named, span)
                    }
                    None => {
                        let items = arguments.into_iter().map(|(_, value)| value).collect();
                        self.list(items, span)
                    }
                }
            }
            "StackReference" | "NewStackReference" => {
                let mut texts = arguments.iter().map(|(_, value)| value);
                let stack = texts.find(|value| self.frozen(value).text().is_some()).cloned();
                if let Some(stack) = stack {
                    self.existing("pulumi/StackReference", Some(stack), span);
                    if let Some(resource) = self.reading.resources.last_mut() {
                        "pulumi:pulumi:StackReference".clone_into(&mut resource.token);
                    }
                }
                let value = Traced::unknown("it is an output of another stack", span);
                if self.language() == Language::Go {
                    return Traced::new(Held::Tuple(Rc::from([value, nothing])), span);
                }
                value
            }
            "export" | "export_" => nothing,
            "ResourceOptions" | "InvokeOptions" | "CustomTimeouts" => {
                let named = arguments.into_iter().filter_map(|(name, value)| Some((name?, value)));
                let named = named.collect();
                let kind = Traced::new(Held::Foreign(format!("pulumi/{name}").into()), span);
                self.object(Content::Map(named), Some(kind), false, span)
            }
            "Protect" | "RetainOnDelete" | "IgnoreChanges" | "DeleteBeforeReplace" | "Import" => {
                let value = first(&arguments).unwrap_or(nothing);
                let entries = std::iter::once((Arc::from(camel(name)), value)).collect();
                self.map(entries, span)
            }
            "Provider"
            | "Parent"
            | "DependsOn"
            | "Providers"
            | "Aliases"
            | "Version"
            | "Timeouts"
            | "DependsOnInputs"
            | "Transformations"
            | "AdditionalSecretOutputs"
            | "ReplaceOnChanges" => self.map(IndexMap::new(), span),
            "FileAsset" | "FileArchive" | "StringAsset" | "RemoteAsset" | "RemoteArchive"
            | "AssetArchive" | "NewFileAsset" | "NewFileArchive" | "asset/FileAsset"
            | "asset/FileArchive" | "asset/AssetArchive" => {
                Traced::unknown("it is a file that is uploaded", span)
            }
            "ComponentResource" | "NewProvider" => nothing,
            _ if arguments.len() == 1 && !matches!(last, "log" | "info" | "warn" | "error") => {
                // `pulumi.String(…)`, `pulumi.output(…)` and the other conversions.
                first(&arguments).unwrap_or(nothing)
            }
            _ => {
                let why = invoked(&format!("pulumi.{name}"), span);
                self.callbacks(&arguments, &why, span);
                Traced::new(Held::Unknown(why), span)
            }
        }
    }

    fn stack_name(&self, span: Span) -> Traced {
        if self.configuration.stack.name.is_empty() {
            return Traced::unknown("no stack of the project is known", span);
        }
        Traced::text(self.configuration.stack.name.as_str(), span)
    }

    fn project_name(&self, span: Span) -> Traced {
        Traced::text(self.configuration.project.namespace(), span)
    }

    fn config(&mut self, namespace: Option<Traced>, span: Span) -> Traced {
        match namespace.map(|namespace| namespace.held) {
            None | Some(Held::Null) => Traced::new(Held::Config(None), span),
            Some(Held::Text(text)) if text.is_empty() => Traced::new(Held::Config(None), span),
            Some(Held::Text(text)) => Traced::new(Held::Config(Some(text)), span),
            Some(_) => Traced::unknown("the namespace of the configuration is not known", span),
        }
    }

    /// A getter of a configuration object.
    fn config_call(
        &mut self,
        namespace: Option<&Arc<str>>,
        getter: &str,
        arguments: Arguments,
        span: Span,
    ) -> Traced {
        let plain: String = getter.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
        let named = |name: &str| {
            arguments.iter().find(|(given, _)| given.as_deref() == Some(name)).map(|(_, value)| value.clone())
        };
        let place = |at: usize| arguments.get(at).filter(|(name, _)| name.is_none()).map(|(_, v)| v.clone());
        let Some(written) = place(0).or_else(|| named("key")) else {
            return Traced::new(Held::Null, span);
        };
        let required = plain.starts_with("require");
        let tries = plain.starts_with("try");
        if !(required || tries || plain.starts_with("get")) {
            return Traced::new(Held::Null, span);
        }
        let Some(text) = written.as_text() else {
            let why = written.why().unwrap_or_else(|| unclear(span));
            self.reading.computed_keys = true;
            return Traced::new(Held::Unknown(why), span);
        };
        let kind = if plain.contains("int") {
            ConfigType::Integer
        } else if plain.contains("number") || plain.contains("float") {
            ConfigType::Number
        } else if plain.contains("bool") {
            ConfigType::Boolean
        } else if plain.contains("object") {
            ConfigType::Structure
        } else {
            ConfigType::String
        };
        let key = match namespace {
            Some(namespace) => Key { namespace: namespace.to_string(), name: text.to_string() },
            None => Key::parse(&text, self.configuration.project.namespace()),
        };
        let fallback = match self.language() {
            Language::Python if !required => place(1).or_else(|| named("default")),
            _ => None,
        };
        let secret = plain.contains("secret");
        self.reading.uses.push(Use {
            key: key.clone(),
            kind,
            required,
            secret,
            span,
            key_span: written.span,
            separated: namespace.is_none()
                && text.contains(':')
                && !getter_takes_full_key(self.language(), getter),
            condition: self.uncertain.first().map(|why| why.as_ref().clone()),
        });
        let found = match self.configuration.lookup(&key) {
            Lookup::Set(setting) => Some(setting.value.clone()),
            Lookup::Fallback(value) => Some(value.clone()),
            Lookup::Imported(_) => {
                let why = format!("`{key}` may come from an environment that the stack imports");
                Some(Value::unknown(why, span))
            }
            Lookup::Missing => None,
        };
        let go = self.language() == Language::Go;
        let missing = found.is_none();
        let mut value = match found {
            Some(found) => self.converted(&found, kind, span),
            None if self.configuration.stack.name.is_empty() => {
                Traced::unknown(format!("no stack is known that sets `{key}`"), span)
            }
            None if required => Traced::unknown(
                format!("`{key}` is not set for stack `{}`", self.configuration.stack.name),
                span,
            ),
            None => match fallback {
                Some(fallback) => fallback,
                None if go => Traced::new(zero(kind), span),
                None => Traced::new(Held::Null, span),
            },
        };
        value.secret |= secret;
        if kind == ConfigType::Structure && go {
            // `cfg.RequireObject("tenants", &tenants)` fills its second argument.
            if let Some(target) = place(1) {
                self.fill(&target, &value);
            }
            let error = if missing && tries { Held::Error } else { Held::Null };
            return Traced::new(error, span);
        }
        if tries && go {
            let error = Traced::new(if missing { Held::Error } else { Held::Null }, span);
            return Traced::new(Held::Tuple(Rc::from([value, error])), span);
        }
        value
    }

    /// A configuration value as a getter of that type gives it.
    fn converted(&mut self, value: &Value, kind: ConfigType, span: Span) -> Traced {
        let place = value.span;
        if value.why_unknown().is_some() {
            return self.thawed(value);
        }
        let held = match kind {
            ConfigType::Integer => value.int().map(Held::Int),
            ConfigType::Number => match value.int() {
                Some(number) => Some(Held::Int(number)),
                None => value.float().map(Held::Float),
            },
            ConfigType::Boolean => value.bool().map(Held::Bool),
            ConfigType::Structure => {
                if let Some(text) = value.text()
                    && let Ok(json) = serde_json::from_str::<serde_json::Value>(text)
                {
                    return self.json_value(&json, place, 0);
                }
                return self.thawed(value);
            }
            _ => match value.data.known() {
                Some(Data::Text(text)) => Some(Held::Text(text.as_str().into())),
                Some(Data::Int(number)) => Some(Held::Text(number.to_string().into())),
                Some(Data::Float(number)) => Some(Held::Text(number.to_string().into())),
                Some(Data::Bool(truth)) => Some(Held::Text(truth.to_string().into())),
                Some(Data::Null) => Some(Held::Text("".into())),
                _ => None,
            },
        };
        match held {
            Some(held) => Traced { held, span: place, secret: value.secret },
            None => Traced::unknown(format!("its value is not {}", kind.phrase()), span),
        }
    }

    /// Puts the content of one object into another, with names as the fields of Go have them, too.
    fn fill(&mut self, target: &Traced, value: &Traced) {
        let Held::Object(id) = target.held else { return };
        let Some(content) = self.content(value).cloned() else {
            if let Some(why) = value.why() {
                let rest = Traced::new(Held::Unknown(why), value.span);
                self.change(id, |object| match &mut object.content {
                    Content::Map(entries) => {
                        for (_, entry) in entries.iter_mut() {
                            entry.held = rest.held.clone();
                        }
                        entries.insert(REST.into(), rest);
                    }
                    Content::List(items) => items.push(rest),
                });
            }
            return;
        };
        let content = self.with_field_names(content, 0);
        self.change(id, |object| match (&mut object.content, content) {
            (Content::Map(entries), Content::Map(more)) => {
                for (key, value) in more {
                    let name = entries.keys().find(|known| known.eq_ignore_ascii_case(&key)).cloned();
                    entries.insert(name.unwrap_or(key), value);
                }
            }
            (place, content) => *place = content,
        });
    }

    fn with_field_names(&mut self, content: Content, depth: u32) -> Content {
        if depth > 8 {
            return content;
        }
        match content {
            Content::List(items) => {
                Content::List(items.into_iter().map(|item| self.with_fields(item, depth)).collect())
            }
            Content::Map(entries) => {
                let mut both = IndexMap::new();
                for (key, value) in entries {
                    let value = self.with_fields(value, depth);
                    both.insert(Arc::from(title_case(&key)), value.clone());
                    both.insert(key, value);
                }
                Content::Map(both)
            }
        }
    }

    fn with_fields(&mut self, value: Traced, depth: u32) -> Traced {
        match self.content(&value).cloned() {
            Some(content) => {
                let content = self.with_field_names(content, depth + 1);
                self.object(content, None, false, value.span)
            }
            None => value,
        }
    }

    fn json_value(&mut self, json: &serde_json::Value, span: Span, depth: u32) -> Traced {
        if depth > 32 {
            return Traced::unknown("the value is nested too deep", span);
        }
        match json {
            serde_json::Value::Null => Traced::new(Held::Null, span),
            serde_json::Value::Bool(truth) => Traced::new(Held::Bool(*truth), span),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(number), _) => Traced::new(Held::Int(number), span),
                (None, Some(number)) => Traced::new(Held::Float(number), span),
                (None, None) => Traced::unknown("the number is too large", span),
            },
            serde_json::Value::String(text) => Traced::text(text.as_str(), span),
            serde_json::Value::Array(items) => {
                let items = items.iter().map(|item| self.json_value(item, span, depth + 1)).collect();
                self.list(items, span)
            }
            serde_json::Value::Object(entries) => {
                let mut map = IndexMap::new();
                for (key, value) in entries {
                    let value = self.json_value(value, span, depth + 1);
                    map.insert(Arc::from(key.as_str()), value);
                }
                self.map(map, span)
            }
        }
    }

    // Methods of values.

    pub(super) fn method(&mut self, owner: &Traced, name: &str, arguments: Arguments, span: Span) -> Traced {
        let first = arguments.first().map(|(_, value)| value.clone());
        if let Held::Config(namespace) = &owner.held {
            return self.config_call(namespace.as_ref(), name, arguments, span);
        }
        if name == "apply" || name.starts_with("Apply") || name == "then" {
            return self.apply_output(owner, first, span);
        }
        if matches!(owner.held, Held::Context) {
            return match name {
                "Stack" => self.stack_name(span),
                "Project" => self.project_name(span),
                "Export" | "RegisterComponentResource" | "RegisterResourceOutputs" => {
                    Traced::new(Held::Null, span)
                }
                _ => Traced::unknown(format!("`{name}` is decided while the program runs"), span),
            };
        }
        match &owner.held {
            Held::Resource(resource) => {
                let resource = *resource;
                match name {
                    name if name.starts_with("To") || matches!(name, "Elem") => owner.clone(),
                    name => self.property(resource, name, span),
                }
            }
            Held::Text(text) => {
                let text = Arc::clone(text);
                self.text_method(&text, owner, name, &arguments, span)
            }
            Held::Object(_) => self.object_method(owner, name, &arguments, span),
            // Conversions of known values: `.ToStringOutput()`, `.toString()`.
            held if name.starts_with("To") && !matches!(held, Held::Unknown(_)) => owner.clone(),
            Held::Int(_) | Held::Float(_) | Held::Bool(_) if matches!(name, "toString" | "String") => {
                let shown = self.shown(owner).unwrap_or_default();
                Traced { held: Held::Text(shown.into()), ..owner.clone() }
            }
            _ => {
                let why = owner.why().unwrap_or_else(|| unclear(span));
                self.callbacks(&arguments, &why, span);
                Traced { held: Held::Unknown(why), span, secret: owner.secret }
            }
        }
    }

    /// `output.apply(f)`: with known values the function is followed, otherwise with unknown ones.
    fn apply_output(&mut self, owner: &Traced, function: Option<Traced>, span: Span) -> Traced {
        let Some(function) = function else { return Traced::new(Held::Unknown(unclear(span)), span) };
        let known = match &owner.held {
            Held::Unknown(_) | Held::Unset | Held::Resource(_) | Held::Null => false,
            Held::Object(_) => match self.content(owner) {
                Some(Content::List(items)) => items.iter().all(|item| item.why().is_none()),
                Some(Content::Map(entries)) => entries.values().all(|item| item.why().is_none()),
                None => false,
            },
            _ => true,
        };
        if known {
            return self.apply(&function, vec![(None, owner.clone())], span);
        }
        let why = owner.why().unwrap_or_else(|| {
            Rc::new(Unknown { why: "it is made of an output of a resource".to_owned(), span: Some(span) })
        });
        // An output does come: what the function makes is there, only its values are not known.
        let mut result = self.call_back(&function, &why, span);
        result.secret |= owner.secret;
        result
    }

    fn text_method(
        &mut self,
        text: &Arc<str>,
        owner: &Traced,
        name: &str,
        arguments: &Arguments,
        span: Span,
    ) -> Traced {
        let values: Vec<Traced> = arguments.iter().map(|(_, value)| value.clone()).collect();
        if let Some(why) = values.iter().find_map(Traced::why) {
            return Traced { held: Held::Unknown(why), span, secret: owner.secret };
        }
        let texts: Vec<Arc<str>> = values.iter().filter_map(Traced::as_text).collect();
        let same = |text: String| Traced { held: Held::Text(text.into()), ..owner.clone() };
        let truth = |truth: bool| Traced::new(Held::Bool(truth), span);
        match (name, texts.as_slice()) {
            ("toLowerCase" | "lower" | "casefold", _) => same(text.to_lowercase()),
            ("toUpperCase" | "upper", _) => same(text.to_uppercase()),
            ("trim" | "strip", []) => same(text.trim().to_owned()),
            ("toString" | "valueOf" | "encode", _) => owner.clone(),
            ("replace" | "replaceAll" | "replace_all", [from, to, ..]) => {
                if name == "replace" && self.language() == Language::TypeScript {
                    same(text.replacen(&**from, to, 1))
                } else {
                    same(text.replace(&**from, to))
                }
            }
            ("split", [by, ..]) if !by.is_empty() => {
                let parts = text.split(&**by).map(|part| Traced::text(part, span)).collect();
                self.list(parts, span)
            }
            ("includes" | "contains" | "__contains__", [part, ..]) => truth(text.contains(&**part)),
            ("startsWith" | "startswith", [part, ..]) => truth(text.starts_with(&**part)),
            ("endsWith" | "endswith", [part, ..]) => truth(text.ends_with(&**part)),
            ("concat", _) => {
                let parts: Vec<Traced> = std::iter::once(owner.clone()).chain(values).collect();
                self.joined(&parts, "", span)
            }
            ("join", _) => match values.first().and_then(|list| self.content(list)) {
                Some(Content::List(items)) => {
                    let items = items.clone();
                    self.joined(&items, text, span)
                }
                _ => Traced::new(Held::Unknown(unclear(span)), span),
            },
            ("format", _) => {
                let mut parts = Vec::new();
                let mut values = values.into_iter();
                let mut pieces = text.split("{}");
                parts.extend(pieces.next().map(|piece| Traced::text(piece, span)));
                for piece in pieces {
                    let Some(value) = values.next() else {
                        return Traced::new(Held::Unknown(unclear(span)), span);
                    };
                    parts.push(value);
                    parts.push(Traced::text(piece, span));
                }
                if parts.iter().any(|part| part.as_text().is_some_and(|text| text.contains('{'))) {
                    return Traced::unknown("the text is formatted in a way that is not followed", span);
                }
                self.joined(&parts, "", span)
            }
            _ => Traced { held: Held::Unknown(unclear(span)), span, secret: owner.secret },
        }
    }

    fn object_method(&mut self, owner: &Traced, name: &str, arguments: &Arguments, span: Span) -> Traced {
        let first = arguments.first().map(|(_, value)| value.clone());
        let Held::Object(id) = owner.held else { return Traced::new(Held::Null, span) };
        let Some(content) = self.content(owner).cloned() else { return Traced::new(Held::Null, span) };
        match (content, name, first) {
            (Content::List(_), "push" | "append", _) => {
                let items: Vec<Traced> = arguments.iter().map(|(_, value)| value.clone()).collect();
                self.change(id, |object| {
                    if let Content::List(list) = &mut object.content {
                        list.extend(items);
                    }
                });
                Traced::new(Held::Null, span)
            }
            (Content::List(_), "extend", Some(more)) => {
                if let Some(Content::List(items)) = self.content(&more).cloned() {
                    self.change(id, |object| {
                        if let Content::List(list) = &mut object.content {
                            list.extend(items);
                        }
                    });
                }
                Traced::new(Held::Null, span)
            }
            (Content::List(items), "map" | "forEach" | "flatMap", Some(function)) => {
                let mut made = Vec::new();
                for (at, item) in items.into_iter().enumerate() {
                    let index = Traced::new(Held::Int(i64::try_from(at).unwrap_or(0)), span);
                    let value = self.apply(&function, vec![(None, item), (None, index)], span);
                    match self.content(&value).cloned() {
                        Some(Content::List(more)) if name == "flatMap" => made.extend(more),
                        _ => made.push(value),
                    }
                }
                if name == "forEach" { Traced::new(Held::Null, span) } else { self.list(made, span) }
            }
            (Content::List(items), "filter" | "find" | "some" | "every", Some(function)) => {
                let mut kept = Vec::new();
                let total = items.len();
                for item in items {
                    let value = self.apply(&function, vec![(None, item.clone())], span);
                    match self.truth(&value) {
                        Some(true) => kept.push(item),
                        Some(false) => {}
                        None => {
                            let why = value.why().unwrap_or_else(|| unclear(span));
                            return Traced::new(Held::Unknown(why), span);
                        }
                    }
                }
                match name {
                    "filter" => self.list(kept, span),
                    "some" => Traced::new(Held::Bool(!kept.is_empty()), span),
                    "every" => Traced::new(Held::Bool(kept.len() == total), span),
                    _ => kept.into_iter().next().unwrap_or_else(|| Traced::new(Held::Null, span)),
                }
            }
            (Content::List(items), "join", Some(by)) => match by.as_text() {
                Some(by) => self.joined(&items, &by, span),
                None => Traced::new(Held::Unknown(unclear(span)), span),
            },
            (Content::List(items), "concat", Some(more)) => match self.content(&more).cloned() {
                Some(Content::List(more)) => {
                    let all = items.into_iter().chain(more).collect();
                    self.list(all, span)
                }
                _ => Traced::new(Held::Unknown(unclear(span)), span),
            },
            (Content::List(items), "includes", Some(item)) => {
                let found = items.iter().try_fold(false, |found, one| Some(found || self.equal(one, &item)?));
                match found {
                    Some(found) => Traced::new(Held::Bool(found), span),
                    None => Traced::new(Held::Unknown(unclear(span)), span),
                }
            }
            (Content::List(items), "entries", _) => {
                let pairs: Vec<Traced> = items
                    .into_iter()
                    .enumerate()
                    .map(|(at, item)| {
                        let index = Traced::new(Held::Int(i64::try_from(at).unwrap_or(0)), span);
                        Traced::new(Held::Tuple(Rc::from([index, item])), span)
                    })
                    .collect();
                self.list(pairs, span)
            }
            (Content::Map(entries), "get", Some(key)) => {
                let fallback = arguments.get(1).map(|(_, value)| value.clone());
                match key.as_text() {
                    Some(key) => match entries.get(&key).or_else(|| entries.get(REST)) {
                        Some(value) => value.clone(),
                        None => fallback.unwrap_or_else(|| Traced::new(Held::Null, span)),
                    },
                    None => {
                        let why = key.why().unwrap_or_else(|| unclear(span));
                        Traced::new(Held::Unknown(why), span)
                    }
                }
            }
            (Content::Map(entries), "keys" | "values" | "items", _) => self.listed(&entries, name, span),
            (Content::Map(_), "update", Some(more)) => {
                if let Some(Content::Map(more)) = self.content(&more).cloned() {
                    self.change(id, |object| {
                        if let Content::Map(entries) = &mut object.content {
                            entries.extend(more);
                        }
                    });
                }
                Traced::new(Held::Null, span)
            }
            (content, "copy" | "slice", _) if arguments.is_empty() => self.object(content, None, false, span),
            (_, name, _) if name.starts_with("To") => owner.clone(),
            (content, name, _) => {
                let why = unclear(span);
                self.callbacks(arguments, &why, span);
                // A method that may change the object leaves nothing known in it.
                if matches!(
                    name,
                    "pop"
                        | "shift"
                        | "splice"
                        | "unshift"
                        | "insert"
                        | "remove"
                        | "reverse"
                        | "sort"
                        | "clear"
                ) {
                    let why = Rc::clone(&why);
                    let unknown = |value: &Traced| Traced::new(Held::Unknown(Rc::clone(&why)), value.span);
                    let content = match content {
                        Content::List(items) => Content::List(items.iter().map(unknown).collect()),
                        Content::Map(entries) => {
                            Content::Map(entries.iter().map(|(k, v)| (Arc::clone(k), unknown(v))).collect())
                        }
                    };
                    self.change(id, |object| object.content = content);
                }
                Traced::new(Held::Unknown(why), span)
            }
        }
    }

    /// The keys, the values, or both, of a mapping, as a list.
    fn listed(&mut self, entries: &IndexMap<Arc<str>, Traced>, what: &str, span: Span) -> Traced {
        if let Some(rest) = entries.get(REST) {
            return rest.clone();
        }
        let mut list = Vec::new();
        for (key, value) in entries {
            let name = Traced::text(Arc::clone(key), value.span);
            list.push(match what {
                "keys" => name,
                "values" => value.clone(),
                _ => {
                    if self.language() == Language::TypeScript {
                        self.list(vec![name, value.clone()], span)
                    } else {
                        Traced::new(Held::Tuple(Rc::from([name, value.clone()])), span)
                    }
                }
            });
        }
        self.list(list, span)
    }

    // The languages.

    /// A function that needs no import.
    fn global(&mut self, name: &str, arguments: Arguments, span: Span) -> Traced {
        let values: Vec<Traced> = arguments.iter().map(|(_, value)| value.clone()).collect();
        let first = values.first().cloned();
        let nothing = Traced::new(Held::Null, span);
        let unknown =
            |why: Option<Rc<Unknown>>| Traced::new(Held::Unknown(why.unwrap_or_else(|| unclear(span))), span);
        match (name, first) {
            ("append", Some(list)) => {
                let mut items = match self.content(&list) {
                    Some(Content::List(items)) => items.clone(),
                    _ if matches!(list.held, Held::Null) => Vec::new(),
                    _ => return unknown(list.why()),
                };
                items.extend(values.into_iter().skip(1));
                self.list(items, span)
            }
            (
                "make" | "new" | "print" | "println" | "console/log" | "console/warn" | "console/error",
                first,
            ) => first.filter(|_| matches!(name, "make" | "new")).unwrap_or(nothing),
            ("panic" | "exit" | "process/exit", _) => Traced::new(Held::Error, span),
            ("len", Some(value)) => match (&value.held, self.content(&value)) {
                (Held::Text(text), _) => {
                    Traced::new(Held::Int(i64::try_from(text.len()).unwrap_or(i64::MAX)), value.span)
                }
                (Held::Null, _) => Traced::new(Held::Int(0), span),
                (_, Some(Content::List(items))) => {
                    Traced::new(Held::Int(i64::try_from(items.len()).unwrap_or(i64::MAX)), value.span)
                }
                (_, Some(Content::Map(entries))) if !entries.contains_key(REST) => {
                    Traced::new(Held::Int(i64::try_from(entries.len()).unwrap_or(i64::MAX)), value.span)
                }
                _ => unknown(value.why()),
            },
            ("string" | "str" | "String", Some(value)) => match self.shown(&value) {
                Some(text) => Traced { held: Held::Text(text.into()), ..value },
                None => unknown(value.why()),
            },
            (
                "int" | "int32" | "int64" | "uint" | "float64" | "float" | "Number" | "parseInt"
                | "parseFloat",
                Some(value),
            ) => match &value.held {
                Held::Int(_) => value,
                #[expect(clippy::cast_possible_truncation, reason = "as the conversion of the language")]
                Held::Float(number) if name.starts_with("int") && number.abs() < 1e15 => {
                    Traced { held: Held::Int(*number as i64), ..value }
                }
                Held::Float(_) => value,
                Held::Bool(truth) => Traced { held: Held::Int(i64::from(*truth)), ..value },
                Held::Text(text) => match (text.trim().parse::<i64>(), text.trim().parse::<f64>()) {
                    (Ok(number), _) => Traced { held: Held::Int(number), ..value },
                    (_, Ok(number)) => Traced { held: Held::Float(number), ..value },
                    _ => unknown(None),
                },
                _ => unknown(value.why()),
            },
            ("bool" | "Boolean", Some(value)) => match self.truth(&value) {
                Some(truth) => Traced { held: Held::Bool(truth), ..value },
                None => unknown(value.why()),
            },
            ("range", _) => self.range(&values, span),
            ("enumerate", Some(value)) => match self.content(&value).cloned() {
                Some(Content::List(items)) => {
                    let pairs = items.into_iter().enumerate().map(|(at, item)| {
                        let index = Traced::new(Held::Int(i64::try_from(at).unwrap_or(0)), span);
                        Traced::new(Held::Tuple(Rc::from([index, item])), span)
                    });
                    let pairs = pairs.collect();
                    self.list(pairs, span)
                }
                _ => unknown(value.why()),
            },
            ("zip", Some(_)) => {
                let lists: Option<Vec<Vec<Traced>>> = values
                    .iter()
                    .map(|value| match self.content(value) {
                        Some(Content::List(items)) => Some(items.clone()),
                        _ => None,
                    })
                    .collect();
                let Some(lists) = lists else { return unknown(values.iter().find_map(Traced::why)) };
                let shortest = lists.iter().map(Vec::len).min().unwrap_or(0);
                let rows = (0..shortest).map(|at| {
                    let row: Vec<Traced> = lists.iter().filter_map(|list| list.get(at).cloned()).collect();
                    Traced::new(Held::Tuple(row.into()), span)
                });
                let rows = rows.collect();
                self.list(rows, span)
            }
            ("list" | "tuple" | "sorted" | "Array/from" | "set", Some(value)) => {
                match self.content(&value).cloned() {
                    Some(Content::List(items)) if name != "sorted" && name != "set" => self.list(items, span),
                    // `Array.from({length: n}, (_, i) => …)`
                    Some(Content::Map(entries)) if name == "Array/from" => {
                        let length = entries.get("length").cloned();
                        let Some(Traced { held: Held::Int(length), .. }) = length else {
                            return unknown(length.and_then(|length| length.why()));
                        };
                        let mut made = Vec::new();
                        for at in 0..length.clamp(0, REPETITIONS) {
                            let index = Traced::new(Held::Int(at), span);
                            made.push(match values.get(1) {
                                Some(function) => {
                                    let empty = Traced::new(Held::Null, span);
                                    self.apply(&function.clone(), vec![(None, empty), (None, index)], span)
                                }
                                None => index,
                            });
                        }
                        self.list(made, span)
                    }
                    Some(Content::Map(entries)) => self.listed(&entries, "keys", span),
                    _ => unknown(value.why()),
                }
            }
            ("dict", _) => {
                let named = arguments.into_iter().filter_map(|(name, value)| Some((name?, value)));
                let named = named.collect();
                self.map(named, span)
            }
            ("Object/keys" | "Object/values" | "Object/entries" | "maps/Keys", Some(value)) => {
                let what = match name {
                    "Object/values" => "values",
                    "Object/entries" => "items",
                    _ => "keys",
                };
                match self.content(&value).cloned() {
                    Some(Content::Map(entries)) => self.listed(&entries, what, span),
                    _ => unknown(value.why()),
                }
            }
            ("min" | "max" | "Math/min" | "Math/max", Some(_)) => {
                let numbers: Option<Vec<i64>> = values
                    .iter()
                    .map(|value| match value.held {
                        Held::Int(number) => Some(number),
                        _ => None,
                    })
                    .collect();
                let best = numbers.and_then(|numbers| {
                    if name.ends_with("min") { numbers.into_iter().min() } else { numbers.into_iter().max() }
                });
                match best {
                    Some(best) => Traced::new(Held::Int(best), span),
                    None => unknown(values.iter().find_map(Traced::why)),
                }
            }
            ("JSON/stringify" | "isinstance" | "JSON/parse", value) => {
                unknown(value.and_then(|value| value.why()))
            }
            (name, _) => {
                let why = Rc::new(Unknown {
                    why: format!("what `{}` gives is known only at run time", name.replace('/', ".")),
                    span: Some(span),
                });
                self.callbacks(&arguments, &why, span);
                Traced::new(Held::Unknown(why), span)
            }
        }
    }

    fn range(&mut self, values: &[Traced], span: Span) -> Traced {
        let numbers: Option<Vec<i64>> = values
            .iter()
            .map(|value| match value.held {
                Held::Int(number) => Some(number),
                _ => None,
            })
            .collect();
        let Some(numbers) = numbers else {
            let why = values.iter().find_map(Traced::why).unwrap_or_else(|| unclear(span));
            return Traced::new(Held::Unknown(why), span);
        };
        let (start, end) = match numbers.as_slice() {
            [end] => (0, *end),
            [start, end] => (*start, *end),
            _ => return Traced::new(Held::Unknown(unclear(span)), span),
        };
        let end = end.min(start.saturating_add(REPETITIONS));
        let items = (start..end).map(|number| Traced::new(Held::Int(number), span)).collect();
        self.list(items, span)
    }

    /// A function of a standard library.
    fn standard(&mut self, path: &str, arguments: Arguments, span: Span) -> Traced {
        let values: Vec<Traced> = arguments.iter().map(|(_, value)| value.clone()).collect();
        let name = path.split_once(':').map_or(path, |(_, name)| name);
        let texts: Vec<Arc<str>> = values.iter().filter_map(Traced::as_text).collect();
        let all_known = values.iter().all(|value| value.why().is_none());
        let first = values.first().cloned();
        match (name, texts.as_slice()) {
            ("fmt/Sprintf", _) => match first {
                Some(format) => self.formatted(&format, values.get(1..).unwrap_or_default(), span),
                None => Traced::new(Held::Null, span),
            },
            ("fmt/Errorf" | "errors/New" | "errors/Wrap" | "errors/Wrapf" | "errors/Errorf", _) => {
                Traced::new(Held::Error, span)
            }
            ("log/Fatal" | "log/Fatalf" | "log/Fatalln" | "os/Exit" | "sys/exit" | "process/exit", _) => {
                Traced::new(Held::Error, span)
            }
            ("os/Getenv" | "os/LookupEnv" | "os/getenv" | "os/environ/get", [variable, ..]) => {
                let value =
                    Traced::unknown(format!("`{variable}` is an environment variable of the run"), span);
                if name == "os/LookupEnv" {
                    return Traced::new(Held::Tuple(Rc::from([value.clone(), value])), span);
                }
                value
            }
            ("strings/ToLower", [text]) if all_known => self.text_like(first, text.to_lowercase(), span),
            ("strings/ToUpper", [text]) if all_known => self.text_like(first, text.to_uppercase(), span),
            ("strings/TrimSpace", [text]) if all_known => self.text_like(first, text.trim().to_owned(), span),
            ("strings/ReplaceAll", [text, from, to]) if all_known => {
                self.text_like(first, text.replace(&**from, to), span)
            }
            ("strings/Contains", [text, part]) if all_known => {
                Traced::new(Held::Bool(text.contains(&**part)), span)
            }
            ("strings/HasPrefix", [text, part]) if all_known => {
                Traced::new(Held::Bool(text.starts_with(&**part)), span)
            }
            ("strings/HasSuffix", [text, part]) if all_known => {
                Traced::new(Held::Bool(text.ends_with(&**part)), span)
            }
            ("strings/Split", [text, by]) if all_known && !by.is_empty() => {
                let parts = text.split(&**by).map(|part| Traced::text(part, span)).collect();
                self.list(parts, span)
            }
            ("strings/Join", [by]) => match first.as_ref().and_then(|list| self.content(list)) {
                Some(Content::List(items)) => {
                    let items = items.clone();
                    self.joined(&items, by, span)
                }
                _ => Traced::new(Held::Unknown(unclear(span)), span),
            },
            ("strconv/Itoa", _) => match first {
                Some(Traced { held: Held::Int(number), span, secret }) => {
                    Traced { held: Held::Text(number.to_string().into()), span, secret }
                }
                other => Traced::new(
                    Held::Unknown(other.and_then(|o| o.why()).unwrap_or_else(|| unclear(span))),
                    span,
                ),
            },
            ("strconv/Atoi", [text]) if all_known => {
                let number = text.trim().parse().map_or(Held::Int(0), Held::Int);
                let number =
                    Traced { held: number, ..first.unwrap_or_else(|| Traced::new(Held::Null, span)) };
                Traced::new(Held::Tuple(Rc::from([number, Traced::new(Held::Null, span)])), span)
            }
            ("os/ReadFile" | "ioutil/ReadFile" | "fs/readFileSync" | "open", _) => {
                Traced::unknown("it is read from a file while the program runs", span)
            }
            _ => {
                let why = values.iter().find_map(Traced::why).unwrap_or_else(|| {
                    Rc::new(Unknown {
                        why: format!("what `{}` gives is known only at run time", name.replace('/', ".")),
                        span: Some(span),
                    })
                });
                self.callbacks(&arguments, &why, span);
                Traced::new(Held::Unknown(why), span)
            }
        }
    }

    fn text_like(&self, value: Option<Traced>, text: String, span: Span) -> Traced {
        let value = value.unwrap_or_else(|| Traced::new(Held::Null, span));
        Traced { held: Held::Text(text.into()), ..value }
    }

    // Between the values of a run and the values that are reported.

    /// A value as it is reported.
    pub(super) fn frozen(&self, value: &Traced) -> Value {
        self.freeze(value, false, 0)
    }

    /// The properties of a resource: keys in camel case, as the provider names them.
    fn frozen_properties(&self, value: &Traced) -> Value {
        let typed = self.language() != Language::TypeScript;
        self.freeze(value, typed, 0)
    }

    fn freeze(&self, value: &Traced, rename: bool, depth: usize) -> Value {
        let span = value.span;
        let unknown = |why: &str| Value::unknown(why, span);
        let mut made = match &value.held {
            _ if depth > 24 => unknown("the value is nested too deep"),
            Held::Null => Value::known(Data::Null, span),
            Held::Bool(truth) => Value::known(Data::Bool(*truth), span),
            Held::Int(number) => Value::known(Data::Int(*number), span),
            Held::Float(number) => Value::known(Data::Float(*number), span),
            Held::Text(text) => Value::known(Data::Text(text.to_string()), span),
            Held::Tuple(items) => {
                let items = items.iter().map(|item| self.freeze(item, rename, depth + 1)).collect();
                Value::known(Data::List(items), span)
            }
            Held::Object(_) => match self.content(value) {
                Some(Content::List(items)) => {
                    let items = items.iter().map(|item| self.freeze(item, rename, depth + 1)).collect();
                    Value::known(Data::List(items), span)
                }
                Some(Content::Map(entries)) => {
                    // Names of arguments are in the style of the language, keys of plain mappings are data. A
                    // plain mapping of Python may be either.
                    let arguments = match (self.language(), self.kind(value).map(|kind| &kind.held)) {
                        (Language::Go, Some(Held::Foreign(_))) => true,
                        (Language::Python, _) => rename,
                        _ => false,
                    };
                    let entries = entries
                        .iter()
                        .filter(|(key, _)| ***key != *REST)
                        .map(|(key, value)| {
                            let data = matches!(
                                &**key,
                                "tags"
                                    | "labels"
                                    | "annotations"
                                    | "values"
                                    | "data"
                                    | "string_data"
                                    | "match_labels"
                                    | "envs"
                            );
                            let name = if arguments { camel(key) } else { key.to_string() };
                            (name, self.freeze(value, rename && !data, depth + 1))
                        })
                        .collect();
                    Value::known(Data::Map(entries), span)
                }
                None => unknown("it is decided while the program runs"),
            },
            Held::Resource(resource) => {
                let name = self.reading.resources.get(*resource).and_then(|resource| resource.name.text());
                match name {
                    Some(name) => unknown(&format!("it is an output of `{name}`")),
                    None => unknown("it is an output of a resource"),
                }
            }
            Held::Foreign(path) => {
                let path = path.split_once(':').map_or(&**path, |(_, name)| name);
                unknown(&format!("`{}` is decided while the program runs", path.replace('/', ".")))
            }
            Held::Unknown(why) => Value { data: Known::Unknown(why.as_ref().clone()), span, secret: false },
            Held::Unset => unknown("it is not assigned on every path"),
            Held::Closure(_)
            | Held::Class(_)
            | Held::Module(_)
            | Held::Method(..)
            | Held::Config(_)
            | Held::Context
            | Held::Error => unknown("it is decided while the program runs"),
        };
        made.secret = value.secret;
        made
    }

    /// A reported value as a value of the run.
    pub(super) fn thawed(&mut self, value: &Value) -> Traced {
        let span = value.span;
        let held = match &value.data {
            Known::Unknown(why) => Held::Unknown(Rc::new(why.clone())),
            Known::Known(data) => match data {
                Data::Null => Held::Null,
                Data::Bool(truth) => Held::Bool(*truth),
                Data::Int(number) => Held::Int(*number),
                Data::Float(number) => Held::Float(*number),
                Data::Text(text) => Held::Text(text.as_str().into()),
                Data::List(items) => {
                    let items = items.iter().map(|item| self.thawed(item)).collect();
                    self.list(items, span).held
                }
                Data::Map(entries) => {
                    let mut map = IndexMap::new();
                    for (key, value) in entries {
                        let value = self.thawed(value);
                        map.insert(Arc::from(key.as_str()), value);
                    }
                    self.map(map, span).held
                }
            },
        };
        Traced { held, span, secret: value.secret }
    }

    /// The program itself, from its entry.
    pub(super) fn entry(&mut self, span: Span) -> Flow {
        match self.language() {
            Language::Go => {
                let scope = self.enter(0);
                if let Some(slot) = scope.own("main") {
                    let main = self.settled(slot, span);
                    self.apply(&main, Vec::new(), span);
                }
            }
            Language::TypeScript | Language::Python => {
                let scope = self.enter(0);
                // `export = async () => { … }`
                if let Some(slot) = scope.own("export=") {
                    let main = self.settled(slot, span);
                    if matches!(main.held, Held::Closure(_)) {
                        self.apply(&main, Vec::new(), span);
                    }
                }
            }
            Language::Yaml => {}
        }
        Flow::Next
    }
}

fn invoked(path: &str, span: Span) -> Rc<Unknown> {
    let name = path.rsplit('/').next().unwrap_or(path);
    Rc::new(Unknown { why: format!("what `{name}` gives is known only at run time"), span: Some(span) })
}

fn getter_takes_full_key(language: Language, getter: &str) -> bool {
    let _ = getter;
    language == Language::Go
}

fn starts_large(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}

fn zero(kind: ConfigType) -> Held {
    match kind {
        ConfigType::Integer => Held::Int(0),
        ConfigType::Number => Held::Float(0.0),
        ConfigType::Boolean => Held::Bool(false),
        ConfigType::Structure | ConfigType::Array | ConfigType::Object => Held::Null,
        ConfigType::String => Held::Text("".into()),
    }
}

/// The type token of a library path: `aws/ec2/Instance` is `aws:ec2:Instance`, `digitalocean/Droplet` is
/// `digitalocean:index:Droplet`.
fn token(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let name = parts.pop().unwrap_or_default();
    let package = if parts.is_empty() { "" } else { parts.remove(0) };
    if name == "Provider" {
        return format!("pulumi:providers:{package}");
    }
    let mut module = if parts.is_empty() { "index".to_owned() } else { parts.join("/") };
    if package == "kubernetes" && module.starts_with("helm/") {
        module = module.replacen("helm/", "helm.sh/", 1);
    }
    format!("{package}:{module}:{name}")
}

/// A name as providers have it: `NodePool` and `node_pool` are `nodePool`.
pub(super) fn camel(name: &str) -> String {
    let mut made = String::with_capacity(name.len());
    let mut raise = false;
    for character in name.trim_end_matches('_').chars() {
        if character == '_' {
            raise = !made.is_empty();
        } else if raise {
            made.extend(character.to_uppercase());
            raise = false;
        } else if made.is_empty() {
            made.extend(character.to_lowercase());
        } else {
            made.push(character);
        }
    }
    made
}

fn title_case(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
