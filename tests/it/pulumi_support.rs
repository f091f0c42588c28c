//! Small Pulumi projects for tests.

use std::path::Path;

use plimsoll::pulumi::Configuration;
use plimsoll::pulumi::Data;
use plimsoll::pulumi::Program;
use plimsoll::pulumi::Project;
use plimsoll::pulumi::Reading;
use plimsoll::pulumi::Stack;
use plimsoll::pulumi::Value;
use plimsoll::source::Files;
use plimsoll::source::Known;
use plimsoll::source::SourceMap;

/// A project made of files in memory.
#[derive(Clone)]
pub(crate) struct Case {
    files: Vec<(String, String)>,
}

/// What a program gave, and where its texts are.
pub(crate) struct Read {
    pub(crate) reading: Reading,
}

impl Case {
    pub(crate) fn new(project: &str) -> Self {
        Self { files: vec![("Pulumi.yaml".to_owned(), project.to_owned())] }
    }

    pub(crate) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }

    pub(crate) fn sources(&self) -> SourceMap {
        SourceMap::new(Files::memory(self.files.clone()))
    }

    pub(crate) fn read(&self, stack: &str, settings: &str) -> Read {
        let file = format!("Pulumi.{stack}.yaml");
        let sources = self.clone().file(&file, settings).sources();
        let project = Project::load(&sources, Path::new("Pulumi.yaml")).unwrap();
        let stack = Stack::load(&sources, &project, Path::new(&file)).unwrap();
        let program = Program::load(&sources, &project).unwrap();
        let reading = program.read(Configuration { project: &project, stack: &stack });
        Read { reading }
    }
}

impl Read {
    pub(crate) fn list(&self) -> Vec<String> {
        let line = |resource: &plimsoll::pulumi::Resource| {
            let condition = if resource.condition.is_some() { " maybe" } else { "" };
            format!("{} {}{condition}", resource.token, shown(&resource.name))
        };
        self.reading.resources.iter().map(line).collect()
    }

    pub(crate) fn property(&self, name: &str, path: &str) -> String {
        let resource = self.reading.resources.iter().find(|resource| resource.name.text() == Some(name));
        let Some(resource) = resource else { return format!("no resource among {:?}", self.list()) };
        resource.get(path).map_or_else(|| "absent".to_owned(), shown)
    }

    pub(crate) fn uses(&self) -> Vec<String> {
        let line = |asked: &plimsoll::pulumi::Use| {
            let required = if asked.required { "required" } else { "optional" };
            let secret = if asked.secret { " secret" } else { "" };
            format!("{} {required}{secret}", asked.key)
        };
        self.reading.uses.iter().map(line).collect()
    }
}

pub(crate) fn shown(value: &Value) -> String {
    match &value.data {
        Known::Unknown(unknown) => format!("? {}", unknown.why),
        Known::Known(Data::Null) => "null".to_owned(),
        Known::Known(Data::Bool(truth)) => truth.to_string(),
        Known::Known(Data::Int(number)) => number.to_string(),
        Known::Known(Data::Float(number)) => number.to_string(),
        Known::Known(Data::Text(text)) => text.clone(),
        Known::Known(Data::List(items)) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Known::Known(Data::Map(entries)) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}: {}", shown(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}
