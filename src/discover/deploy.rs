//! The flags of a deploy command that is about to run: `check -e production -f … --set …` looks at exactly what it
//! would install.

use std::path::Path;
use std::path::PathBuf;

use crate::diagnostic::nearest;
use crate::discover::HelmDeployment;
use crate::discover::Plan;
use crate::discover::Setting;
use crate::discover::SettingKind;
use crate::discover::Why;
use crate::discover::evaluate::normal;
use crate::source::Known;
use crate::source::SourceMap;
use crate::source::Spanned;

/// What a deploy command adds to a release, in Helm's own words.
#[derive(Clone, Debug, Default)]
pub struct Deploy {
    /// The release, where the environment has several.
    pub release: Option<String>,
    /// `--namespace`
    pub namespace: Option<String>,
    /// `--values`, relative to the root, lowest layer first.
    pub values: Vec<PathBuf>,
    /// `--set` and its kin, in order.
    pub settings: Vec<(SettingKind, String)>,
}

/// Why the flags of a deploy command cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Flags without exactly one environment.
    #[error("values for a deployment are for one environment: say which with `-e`")]
    NoEnvironment,
    /// There is no such environment.
    #[error("there is no environment `{0}`{1}")]
    UnknownEnvironment(String, String),
    /// The environment installs no chart.
    #[error("`{0}` installs no chart, so it takes no values")]
    NoRelease(String),
    /// The environment has several releases.
    #[error("`{0}` has several releases: say which with `--release`: {1}")]
    SeveralReleases(String, String),
    /// The environment has no such release.
    #[error("`{0}` has no release `{1}`; it has {2}")]
    UnknownRelease(String, String, String),
    /// A values file that is not in the repository.
    #[error("the values file `{0}` is not in the repository")]
    NoFile(String),
}

impl Plan {
    /// Lays the flags of a deploy command over the release they are for. Values that they set are no longer unknown.
    pub fn deploy(
        &mut self,
        sources: &SourceMap,
        environments: &[String],
        deploy: &Deploy,
    ) -> Result<(), Refused> {
        let [name] = environments else { return Err(Refused::NoEnvironment) };
        let names: Vec<String> =
            self.environments.iter().map(|environment| environment.name.clone()).collect();
        let Some(environment) = self.environments.iter_mut().find(|environment| environment.name == *name)
        else {
            let near = nearest(name, names.iter().map(String::as_str));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(Refused::UnknownEnvironment(name.clone(), near));
        };
        let release = chosen(&mut environment.releases, name, deploy)?;
        for file in &deploy.values {
            let shown = || Refused::NoFile(file.display().to_string());
            let path = normal(file).ok_or_else(shown)?;
            if !sources.files().is_file(&path) {
                return Err(shown());
            }
            release.layer(path);
        }
        if !deploy.values.is_empty() {
            // The command that runs names its files; what could not be told from the workflow is answered.
            release.unseen.clear();
        }
        let written = |flag: &str, text: &String| {
            let span = sources.add(flag, text.as_str()).whole();
            Spanned::new(text.clone(), span)
        };
        for (kind, argument) in &deploy.settings {
            let set: Vec<&str> = paths(argument).collect();
            release.unknown.retain(|open| !set.iter().any(|path| within(&open.value, path)));
            release.settings.push(Setting { kind: *kind, argument: written(kind.flag(), argument) });
        }
        if let Some(name) = &deploy.release {
            release.release = written("--release", name).map(Known::Known);
        }
        if let Some(namespace) = &deploy.namespace {
            release.namespace = Some(written("--namespace", namespace).map(Known::Known));
        }
        let text = "the command line says what is deployed".to_owned();
        release.why.push(Why { text, span: None });
        Ok(())
    }
}

impl HelmDeployment {
    /// Puts a values file on top. A file that is a layer already moves up, as it does where Helm is given it twice.
    fn layer(&mut self, path: PathBuf) {
        if let Some(index) = self.values.iter().position(|layer| *layer == path) {
            self.values.remove(index);
            if index < self.values_named_at.len() {
                self.values_named_at.remove(index);
            }
        }
        self.values.push(path);
        self.values_named_at.push(None);
    }
}

fn chosen<'r>(
    releases: &'r mut [HelmDeployment],
    environment: &str,
    deploy: &Deploy,
) -> Result<&'r mut HelmDeployment, Refused> {
    let known = |release: &HelmDeployment| release.release.value.known().cloned();
    let names: Vec<String> = releases
        .iter()
        .map(|release| {
            known(release).map_or_else(|| "one without a name".to_owned(), |name| format!("`{name}`"))
        })
        .collect();
    let names = names.join(", ");
    let index = match &deploy.release {
        Some(wanted) => {
            let found = releases.iter().position(|release| known(release).as_ref() == Some(wanted));
            match (found, &*releases) {
                (Some(index), _) => index,
                // A release whose name no file gives is the one that is meant.
                (None, [only]) if known(only).is_none() => 0,
                _ if releases.is_empty() => return Err(Refused::NoRelease(environment.to_owned())),
                _ => {
                    return Err(Refused::UnknownRelease(environment.to_owned(), wanted.clone(), names));
                }
            }
        }
        None if releases.len() > 1 => {
            return Err(Refused::SeveralReleases(environment.to_owned(), names));
        }
        None => 0,
    };
    releases.get_mut(index).ok_or_else(|| Refused::NoRelease(environment.to_owned()))
}

/// The paths that an argument of `--set` sets: `a.b` and `c` of `a.b=1,c={2,3}`.
fn paths(argument: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let mut escaped = false;
    let split = move |character: char| {
        let plain = !escaped;
        escaped = plain && character == '\\';
        match character {
            '{' | '[' if plain => depth += 1,
            '}' | ']' if plain => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && plain && depth == 0
    };
    argument.split(split).filter_map(|part| Some(part.split_once('=')?.0.trim()))
}

/// True where `path` is `set`, or lies below it.
fn within(path: &str, set: &str) -> bool {
    path.strip_prefix(set).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The path of a file as it is below `root`, where it is given from the folder one stands in.
pub fn from_root(root: &Path, given: &Path) -> PathBuf {
    let absolute = |path: &Path| path.canonicalize().ok();
    match (absolute(root), absolute(given)) {
        (Some(root), Some(file)) => match file.strip_prefix(&root) {
            Ok(inside) => inside.to_path_buf(),
            Err(_) => given.to_path_buf(),
        },
        _ => given.to_path_buf(),
    }
}
