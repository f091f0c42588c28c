//! Remedies to fixes: changes of the model become edits of text, where nothing else changes with them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use crate::check::trial;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Edit;
use crate::diagnostic::Fix;
use crate::diagnostic::Remedy;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Project;
use crate::source::SourceId;
use crate::source::SourceMap;
use crate::yaml;
use crate::yaml::Dialect;
use crate::yaml::Tree;

/// Makes a fix of every remedy, or says why not.
pub(super) fn settle(diagnostics: &mut [Diagnostic], ladder: &Ladder, sources: &SourceMap) {
    let mut desk = Desk { sources, trees: BTreeMap::new(), readers: None, projects: None, ladder };
    for diagnostic in diagnostics {
        let finding = &mut diagnostic.finding;
        let Some(Ok(remedy)) = &finding.remedy else { continue };
        if finding.fix.is_some() {
            continue;
        }
        match desk.edits(remedy, &finding.environments) {
            Ok(edits) => {
                finding.fix = Some(Fix { title: remedy.title.clone(), safety: remedy.safety, edits });
            }
            Err(reason) => finding.remedy = Some(Err(reason)),
        }
    }
}

/// What is looked up again and again.
struct Desk<'a> {
    sources: &'a SourceMap,
    ladder: &'a Ladder,
    trees: BTreeMap<SourceId, Tree>,
    readers: Option<BTreeMap<SourceId, BTreeSet<String>>>,
    projects: Option<BTreeMap<SourceId, usize>>,
}

impl Desk<'_> {
    fn edits(&mut self, remedy: &Remedy, environments: &[String]) -> Result<Vec<Edit>, String> {
        let mut edits = Vec::new();
        for change in &remedy.changes {
            self.refuse_other_projects(change.at.source, remedy.times)?;
            match (self.refuse_shared(change.at.source, environments), &change.above) {
                (Ok(()), _) => {
                    let tree = self.tree(change.at.source)?;
                    edits.extend(yaml::change(tree, change.at, &change.what).map_err(|no| no.to_string())?);
                }
                (Err(_), Some(layers)) => {
                    for layer in layers {
                        self.refuse_shared(layer.source, environments)?;
                        let keys: Vec<&str> = layer.keys.iter().map(String::as_str).collect();
                        let tree = self.tree(layer.source)?;
                        let set = yaml::set_path(tree, &keys, &layer.value);
                        edits.extend(set.map_err(|no| no.to_string())?);
                    }
                }
                (Err(reason), None) => return Err(reason),
            }
        }
        Ok(edits)
    }

    fn tree(&mut self, id: SourceId) -> Result<&Tree, String> {
        let source = self.sources.get(id).filter(|source| {
            // Of the texts made on the way none is a file.
            self.sources.by_path(Path::new(&source.path)).is_some_and(|file| file.id == id)
        });
        let source = source.ok_or("it stands in no file")?;
        Ok(self.trees.entry(id).or_insert_with(|| Tree::parse(&source, Dialect::Helm)))
    }

    /// Refuses to edit what more Compose projects read than it was found in.
    fn refuse_other_projects(&mut self, id: SourceId, times: usize) -> Result<(), String> {
        let (ladder, sources) = (self.ladder, self.sources);
        let projects = self.projects.get_or_insert_with(|| projects(ladder, sources));
        if projects.get(&id).copied().unwrap_or(0) <= times {
            return Ok(());
        }
        let path = self.sources.get(id).map(|source| source.path.clone()).unwrap_or_default();
        Err(format!("`{path}` is part of another project, too, where it is not found"))
    }

    /// Refuses to edit what an environment reads in which nothing was found.
    fn refuse_shared(&mut self, id: SourceId, environments: &[String]) -> Result<(), String> {
        if environments.is_empty() {
            return Ok(());
        }
        let (ladder, sources) = (self.ladder, self.sources);
        let readers = self.readers.get_or_insert_with(|| readers(ladder, sources));
        let others: Vec<String> = readers
            .get(&id)
            .into_iter()
            .flatten()
            .filter(|name| !environments.contains(name))
            .map(|name| format!("`{name}`"))
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        let path = self.sources.get(id).map(|source| source.path.clone()).unwrap_or_default();
        Err(format!("`{path}` is also read by {}, where it is not found", others.join(", ")))
    }
}

/// How many Compose projects read each file.
fn projects(ladder: &Ladder, sources: &SourceMap) -> BTreeMap<SourceId, usize> {
    let placed = ladder.environments.iter().flat_map(|environment| &environment.projects);
    let mut projects = BTreeMap::new();
    for project in placed.chain(&ladder.other_projects) {
        for id in files_of(project, sources) {
            *projects.entry(id).or_default() += 1;
        }
    }
    projects
}

/// The files of a Compose project, those that it includes and extends too.
fn files_of(project: &Project, sources: &SourceMap) -> BTreeSet<SourceId> {
    let named = project.deployment.files.iter().filter_map(|file| Some(sources.by_path(file)?.id));
    named.chain(project.model().into_iter().flat_map(|model| model.files.iter().copied())).collect()
}

/// The environments that read each file.
fn readers(ladder: &Ladder, sources: &SourceMap) -> BTreeMap<SourceId, BTreeSet<String>> {
    let mut readers: BTreeMap<SourceId, BTreeSet<String>> = BTreeMap::new();
    for environment in &ladder.environments {
        for id in files(environment, sources) {
            readers.entry(id).or_default().insert(environment.name.clone());
        }
    }
    readers
}

fn files<'a>(environment: &'a Environment, sources: &'a SourceMap) -> impl Iterator<Item = SourceId> + 'a {
    let projects = environment.projects.iter().flat_map(|project| files_of(project, sources));
    projects.chain(environment.releases.iter().flat_map(trial::files))
}
