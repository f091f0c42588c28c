//! Flags that several Helm commands share.

use std::path::Path;
use std::path::PathBuf;

use crate::helm::Layers;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::SettingKind;
use crate::helm::capabilities::KubeVersion;
use crate::source::SourceMap;

/// Where values come from.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Values {
    /// Values in a YAML file (several: the later wins)
    #[arg(short = 'f', long = "values", value_name = "FILE", value_delimiter = ',')]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// Set values: key1=val1,key2=val2
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    set: Vec<String>,
    /// Set texts: key1=val1,key2=val2
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    set_string: Vec<String>,
    /// Set values from files: key1=path1,key2=path2
    #[arg(long, value_name = "KEY=FILE", allow_hyphen_values = true)]
    set_file: Vec<String>,
    /// Set JSON values: key1=jsonval1,key2=jsonval2
    #[arg(long, value_name = "KEY=JSON", allow_hyphen_values = true)]
    set_json: Vec<String>,
    /// Set a text as it stands
    #[arg(long, value_name = "KEY=TEXT", allow_hyphen_values = true)]
    set_literal: Vec<String>,
}

impl Values {
    pub(super) fn layers(&self, sources: &SourceMap) -> Result<Layers, Problem> {
        let mut layers = Layers::default();
        for file in &self.files {
            if file == Path::new("-") {
                let mut text = String::new();
                std::io::Read::read_to_string(&mut std::io::stdin().lock(), &mut text)
                    .map_err(|error| Problem::new(ProblemCode::Values, format!("stdin: {error}")))?;
                layers.files.push(sources.add("-", text));
            } else if file.to_str().is_some_and(|path| path.contains("://")) {
                let message = format!("{} is an address, and nothing is fetched", file.display());
                return Err(Problem::new(ProblemCode::Use, message).help("give a file"));
            } else {
                layers.files.extend(Layers::read(sources, &[file])?.files);
            }
        }
        for (kind, argument) in self.settings() {
            layers.set(sources, kind, argument);
        }
        Ok(layers)
    }

    /// Every `--set` and its kin.
    pub(in crate::cli) fn settings(&self) -> impl Iterator<Item = (SettingKind, &str)> {
        let kinds = [
            (SettingKind::Json, &self.set_json),
            (SettingKind::Set, &self.set),
            (SettingKind::String, &self.set_string),
            (SettingKind::File, &self.set_file),
            (SettingKind::Literal, &self.set_literal),
        ];
        kinds
            .into_iter()
            .flat_map(|(kind, arguments)| arguments.iter().map(move |argument| (kind, argument.as_str())))
    }
}

/// Flags of Helm about clusters and registries that change nothing in what is rendered.
#[derive(Debug, clap::Args)]
pub(super) struct Cluster {
    #[arg(long, hide = true)]
    burst_limit: Option<String>,
    #[arg(long, hide = true)]
    kube_apiserver: Option<String>,
    #[arg(long, hide = true)]
    kube_as_group: Vec<String>,
    #[arg(long, hide = true)]
    kube_as_user: Option<String>,
    #[arg(long, hide = true)]
    kube_ca_file: Option<String>,
    #[arg(long, hide = true)]
    kube_context: Option<String>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    kube_insecure_skip_tls_verify: Option<bool>,
    #[arg(long, hide = true)]
    kube_tls_server_name: Option<String>,
    #[arg(long, hide = true)]
    kube_token: Option<String>,
    #[arg(long, hide = true)]
    kubeconfig: Option<String>,
    #[arg(long, hide = true)]
    qps: Option<String>,
    #[arg(long, hide = true)]
    registry_config: Option<String>,
    #[arg(long, hide = true)]
    repository_cache: Option<String>,
    #[arg(long, hide = true)]
    repository_config: Option<String>,
}

/// Reads `--kube-version`.
/// The time, in seconds since 1970. Only what is printed may hang on it; no check does.
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
}

pub(super) fn kube_version(text: Option<&str>) -> Result<KubeVersion, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(KubeVersion::default()) };
    KubeVersion::parse(text).ok_or_else(|| {
        let message = format!("invalid kube version '{text}': could not parse {text:?} as version");
        Problem::new(ProblemCode::Use, message).help("give two or three numbers: `1.34`, `v1.34.2`")
    })
}
