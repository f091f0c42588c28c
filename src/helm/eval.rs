//! One template by itself, in a chart that is always the same: for comparing with Helm, case by case.

use std::collections::BTreeMap;
use std::path::Path;

use crate::helm::Chart;
use crate::helm::HelmVersion;
use crate::helm::Problem;
use crate::helm::Release;
use crate::helm::text::Text;
use crate::source::Files;
use crate::source::SourceMap;

/// One template to render, and what it sees.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Case {
    /// Names the case in the answer.
    pub id: String,
    /// The text of `templates/t.yaml`.
    pub template: String,
    /// The text of `values.yaml`.
    pub values: String,
    /// Further files of the chart, by path.
    pub files: BTreeMap<String, String>,
    /// As `helm lint` renders.
    pub lint: bool,
    /// A missing key is an error.
    pub strict: bool,
    /// Which Helm renders it.
    pub helm: HelmVersion,
}

/// The metadata of the chart around the template.
const METADATA: &str = "\
apiVersion: v2
name: c
version: 0.1.0
appVersion: \"1.2.3\"
description: test chart
type: application
keywords: [k1, k2]
maintainers:
  - name: Ann
    email: ann@example.com
annotations:
  a.b/c: d
";

/// The sources of a case: a chart in memory, in a folder `c`.
pub fn sources(case: &Case) -> SourceMap {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("c/Chart.yaml".to_owned(), METADATA.to_owned());
    files.insert("c/values.yaml".to_owned(), case.values.clone());
    files.insert("c/templates/t.yaml".to_owned(), case.template.clone());
    files.extend(case.files.iter().map(|(path, text)| (format!("c/{path}"), text.clone())));
    SourceMap::new(Files::memory(files))
}

/// What the template renders to, as release `rel` in namespace `ns`.
pub fn evaluate(case: &Case, sources: &SourceMap) -> Result<Text, Problem> {
    let chart = Chart::load(sources, Path::new("c"))?;
    let mut release = Release::new("rel", "ns", chart);
    release.options.helm = case.helm;
    let mut rendered = release.render_texts(sources, case.strict, case.lint)?;
    Ok(rendered.remove("c/templates/t.yaml").unwrap_or_default())
}
