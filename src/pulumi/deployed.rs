//! A stack with everything that belongs to it: project, settings, and what its program would make.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Unchecked;
use crate::pulumi::Configuration;
use crate::pulumi::Data;
use crate::pulumi::Key;
use crate::pulumi::PROJECT_FILES;
use crate::pulumi::Program;
use crate::pulumi::ProgramError;
use crate::pulumi::Project;
use crate::pulumi::Reading;
use crate::pulumi::Setting;
use crate::pulumi::Stack;
use crate::pulumi::Value;
use crate::source::Known;
use crate::source::SourceMap;
use crate::source::Spanned;

/// A stack of a project, read.
#[derive(Debug)]
pub struct Deployed {
    /// The project.
    pub project: Arc<Project>,
    /// Its program; `None` where it cannot be read, with the reason in [`Deployed::unchecked`].
    pub program: Option<Arc<Program>>,
    /// The stack; `None` for a project of which no stack is known.
    pub stack: Option<Stack>,
    /// What the program would make for the stack.
    pub reading: Reading,
    /// What was not read, and why.
    pub unchecked: Vec<Unchecked>,
}

impl Deployed {
    /// The configuration that holds for the stack.
    pub fn configuration(&self) -> Option<Configuration<'_>> {
        Some(Configuration { project: &self.project, stack: self.stack.as_ref()? })
    }

    /// True where the whole program was followed: then a name that it does not ask for is not asked for.
    pub fn fully_read(&self) -> bool {
        self.program.as_ref().is_some_and(|program| program.unchecked.is_empty())
            && self.reading.notes.is_empty()
            && !self.reading.computed_keys
    }
}

/// Reads stacks; projects and programs are read once.
#[derive(Debug)]
pub struct Loader<'s> {
    sources: &'s SourceMap,
    projects: BTreeMap<PathBuf, Option<Loaded>>,
}

type Loaded = (Arc<Project>, Result<Arc<Program>, ProgramError>);

impl<'s> Loader<'s> {
    /// A loader that read nothing yet.
    pub fn new(sources: &'s SourceMap) -> Self {
        Self { sources, projects: BTreeMap::new() }
    }

    /// Reads a stack of the project in `folder`; `None` where there is no project file.
    ///
    /// `commands` are values that are set by commands; they win over the stack file, as they run after it was
    /// written.
    pub fn load(
        &mut self,
        folder: &Path,
        stack: Option<&str>,
        file: Option<&Path>,
        commands: &[(Spanned<String>, Spanned<Known<String>>)],
    ) -> Option<Deployed> {
        let sources = self.sources;
        let (project, program) = self
            .projects
            .entry(folder.to_path_buf())
            .or_insert_with(|| {
                let mut names = PROJECT_FILES.iter().map(|name| folder.join(name));
                let path = names.find(|path| sources.files().is_file(path))?;
                let project = Project::load(sources, &path).ok()?;
                let program = Program::load(sources, &project).map(Arc::new);
                Some((Arc::new(project), program))
            })
            .as_ref()
            .map(|(project, program)| (Arc::clone(project), program.clone()))?;
        let mut unchecked = Vec::new();
        let mut stack = match (stack, file) {
            (_, Some(path)) => match Stack::load(sources, &project, path) {
                Ok(stack) => Some(stack),
                Err(error) => {
                    let what = path.display().to_string();
                    unchecked.push(Unchecked { what, reason: error.to_string(), span: None });
                    stack.map(Stack::named)
                }
            },
            (Some(name), None) => Some(Stack::named(name)),
            (None, None) => None,
        };
        if let Some(stack) = &mut stack {
            stack.settings.extend(commands.iter().map(|(key, value)| {
                let text = match &value.value {
                    Known::Known(text) => Known::Known(Data::Text(text.clone())),
                    Known::Unknown(why) => Known::Unknown(why.clone()),
                };
                Setting {
                    key: Key::parse(&key.value, project.namespace()),
                    key_span: key.span,
                    value: Value { data: text, span: value.span, secret: false },
                }
            }));
        }
        let program = match program {
            Ok(program) => {
                unchecked.extend(program.unchecked.iter().cloned());
                Some(program)
            }
            Err(error) => {
                unchecked.push(Unchecked {
                    what: format!("the program of {}", project.source.path),
                    reason: error.to_string(),
                    span: Some(
                        project.runtime.as_ref().map_or(project.source.whole().at_start(), |r| r.span),
                    ),
                });
                None
            }
        };
        let none = Stack::named("");
        let reading = match &program {
            Some(program) => {
                let stack = stack.as_ref().unwrap_or(&none);
                program.read(Configuration { project: &project, stack })
            }
            None => Reading::default(),
        };
        Some(Deployed { project, program, stack, reading, unchecked })
    }
}
