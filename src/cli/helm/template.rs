//! `plimsoll helm template [NAME] CHART`

use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::Path;

use crate::cli::Exit;
use crate::cli::helm::complain;
use crate::cli::helm::flags;
use crate::helm::Chart;
use crate::helm::HelmVersion;
use crate::helm::Named;
use crate::helm::Options;
use crate::helm::Problem;
use crate::helm::ProblemCode;
use crate::helm::Release;
use crate::helm::Rendered;
use crate::helm::render;
use crate::helm::value::Dict;
use crate::source::SourceMap;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "they are Helm's flags")]
pub(super) struct Arguments {
    /// The name of the release (left out: `release-name`), and the chart: a folder or a .tgz archive
    #[arg(value_name = "[NAME] CHART", required = true, num_args = 1..=2)]
    names: Vec<String>,
    #[command(flatten)]
    values: flags::Values,
    /// The namespace of the release
    #[arg(short = 'n', long, default_value = "default")]
    namespace: String,
    /// Only show manifests rendered from these templates
    #[arg(short = 's', long, value_name = "PATTERN")]
    show_only: Vec<String>,
    /// Show the custom resource definitions in crds/, too
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false)]
    include_crds: bool,
    /// Do not show hooks
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false)]
    no_hooks: bool,
    /// Do not show tests
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false)]
    skip_tests: bool,
    /// Set .Release.IsUpgrade instead of .Release.IsInstall
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false)]
    is_upgrade: bool,
    /// Do not check the values against the chart's schema
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false)]
    skip_schema_validation: bool,
    /// The Kubernetes version that templates see
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    /// API versions that templates see, on top of those every cluster has
    #[arg(short = 'a', long, value_name = "VERSION", value_delimiter = ',')]
    api_versions: Vec<String>,
    /// A template for the name of the release
    #[arg(long, value_name = "TEMPLATE")]
    name_template: Option<String>,
    /// Leave the name to Helm, which takes `release-name`
    #[arg(short = 'g', long)]
    generate_name: bool,
    /// Which Helm to be like
    #[arg(long, value_name = "MAJOR", default_value_t)]
    helm_version: HelmVersion,
    #[command(flatten)]
    ignored: Ignored,
    #[command(flatten)]
    shared: flags::Cluster,
    #[command(flatten)]
    refused: Refused,
}

/// Flags of Helm that change nothing in what is rendered.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "they are Helm's flags")]
struct Ignored {
    #[arg(long, hide = true)]
    atomic: bool,
    #[arg(long, hide = true)]
    create_namespace: bool,
    #[arg(long, hide = true)]
    debug: bool,
    #[arg(long, hide = true)]
    description: Option<String>,
    #[arg(long, hide = true)]
    disable_openapi_validation: bool,
    #[arg(long, hide = true)]
    force: bool,
    #[arg(long, hide = true)]
    hide_notes: bool,
    #[arg(short = 'l', long, hide = true)]
    labels: Vec<String>,
    #[arg(long, hide = true)]
    release_name: bool,
    #[arg(long, hide = true)]
    render_subchart_notes: bool,
    #[arg(long, hide = true)]
    replace: bool,
    #[arg(long, hide = true)]
    skip_crds: bool,
    #[arg(long, hide = true)]
    take_ownership: bool,
    #[arg(long, hide = true)]
    timeout: Option<String>,
    #[arg(long, hide = true)]
    wait: bool,
    #[arg(long, hide = true)]
    wait_for_jobs: bool,
}

/// Flags of Helm that fetch, execute, or ask a cluster: given, they are refused.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "they are Helm's flags")]
struct Refused {
    #[arg(long, hide = true)]
    ca_file: Option<String>,
    #[arg(long, hide = true)]
    cert_file: Option<String>,
    #[arg(long, hide = true)]
    dependency_update: bool,
    #[arg(long, hide = true)]
    devel: bool,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    dry_run: Option<String>,
    #[arg(long, hide = true)]
    enable_dns: bool,
    #[arg(long, hide = true)]
    insecure_skip_tls_verify: bool,
    #[arg(long, hide = true)]
    key_file: Option<String>,
    #[arg(long, hide = true)]
    keyring: Option<String>,
    #[arg(long, hide = true)]
    output_dir: Option<String>,
    #[arg(long, hide = true)]
    pass_credentials: bool,
    #[arg(long, hide = true)]
    password: Option<String>,
    #[arg(long, hide = true)]
    plain_http: bool,
    #[arg(long, hide = true)]
    post_renderer: Option<String>,
    #[arg(long, hide = true)]
    post_renderer_args: Vec<String>,
    #[arg(long, hide = true)]
    repo: Option<String>,
    #[arg(long, hide = true)]
    username: Option<String>,
    #[arg(long, hide = true)]
    validate: bool,
    #[arg(long, hide = true)]
    verify: bool,
    #[arg(long, hide = true)]
    version: Option<String>,
}

impl Refused {
    fn given(&self) -> Option<(&'static str, &'static str)> {
        let fetches = "nothing is fetched: give the path of a chart folder or archive";
        let cluster = "no cluster is asked";
        let executes = "nothing is executed and nothing but stdout is written";
        let server = self.dry_run.as_deref().is_some_and(|how| !matches!(how, "client" | "true"));
        [
            ("--ca-file", self.ca_file.is_some(), fetches),
            ("--cert-file", self.cert_file.is_some(), fetches),
            ("--dependency-update", self.dependency_update, fetches),
            ("--devel", self.devel, fetches),
            ("--dry-run", server, cluster),
            ("--enable-dns", self.enable_dns, "no name is looked up"),
            ("--insecure-skip-tls-verify", self.insecure_skip_tls_verify, fetches),
            ("--key-file", self.key_file.is_some(), fetches),
            ("--keyring", self.keyring.is_some(), fetches),
            ("--output-dir", self.output_dir.is_some(), executes),
            ("--pass-credentials", self.pass_credentials, fetches),
            ("--password", self.password.is_some(), fetches),
            ("--plain-http", self.plain_http, fetches),
            ("--post-renderer", self.post_renderer.is_some(), executes),
            ("--post-renderer-args", !self.post_renderer_args.is_empty(), executes),
            ("--repo", self.repo.is_some(), fetches),
            ("--username", self.username.is_some(), fetches),
            ("--validate", self.validate, cluster),
            ("--verify", self.verify, "signatures are not verified"),
            ("--version", self.version.is_some(), fetches),
        ]
        .into_iter()
        .find_map(|(flag, given, why)| given.then_some((flag, why)))
    }
}

pub(super) fn run(
    arguments: &Arguments,
    sources: &SourceMap,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> std::io::Result<Exit> {
    if let Some((flag, why)) = arguments.refused.given() {
        writeln!(err, "error: {flag} is not supported: {why}")?;
        return Ok(Exit::Usage);
    }
    match render(arguments, sources, err) {
        Ok(bytes) => {
            out.write_all(&bytes)?;
            Ok(Exit::Clean)
        }
        Err(Failure::Problem(problem)) => complain(&problem, sources, err),
        Err(Failure::Write(error)) => Err(error),
    }
}

enum Failure {
    Problem(Box<Problem>),
    Write(std::io::Error),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

fn render(arguments: &Arguments, sources: &SourceMap, err: &mut dyn Write) -> Result<Vec<u8>, Failure> {
    let kube_version = flags::kube_version(arguments.kube_version.as_deref())?;
    let (name, path) = names(arguments, sources)?;
    let layers = arguments.values.layers(sources)?;
    let given = layers.merged(sources, arguments.helm_version)?;
    let chart = Chart::load(sources, Path::new(&path))?;
    if chart.metadata.deprecated.is_some_and(|flag| flag.value) {
        writeln!(err, "WARNING: This chart is deprecated")?;
    }
    let options = Options {
        helm: arguments.helm_version,
        now: Some(flags::now()),
        kube_version,
        api_versions: arguments.api_versions.clone(),
        served: None,
        is_upgrade: arguments.is_upgrade,
        validate: !arguments.skip_schema_validation,
        lint: false,
        text_only: true,
    };
    let namespace = Named::from(arguments.namespace.as_str());
    // The process ends when this is printed: taking all of it apart first would be a tenth of the time.
    let mut release = ManuallyDrop::new(Release { name, namespace, chart, layers, options });
    release.check_installable()?;
    let rendered = match text_of(&release, sources, &given) {
        Ok(rendered) => rendered,
        Err(_) => {
            // What failed is looked at again, for the lines behind it.
            release.options.text_only = false;
            text_of(&release, sources, &given)?
        }
    };
    for warning in &rendered.warnings {
        writeln!(err, "warning: {warning}")?;
    }
    for line in &rendered.log {
        writeln!(err, "{line}")?;
    }
    let printing = render::Printing {
        helm: arguments.helm_version,
        crds: arguments.include_crds,
        no_hooks: arguments.no_hooks,
        skip_tests: arguments.skip_tests,
        show_only: arguments.show_only.clone(),
    };
    Ok(render::print(&rendered, &printing)?)
}

fn text_of(release: &Release, sources: &SourceMap, given: &Dict) -> Result<ManuallyDrop<Rendered>, Problem> {
    render::deep(sources, || {
        let prepared = ManuallyDrop::new(release.prepare_given(sources, given)?);
        release.render_prepared(sources, &prepared, Vec::new()).map(ManuallyDrop::new)
    })
}

/// The name of the release and the path of the chart.
fn names(arguments: &Arguments, sources: &SourceMap) -> Result<(Named, String), Problem> {
    let refuse = |flag: &str| {
        Err(Problem::new(ProblemCode::Use, format!("cannot set {flag} and also specify a name"))
            .help("leave one of them out"))
    };
    match arguments.names.as_slice() {
        [_, _] if arguments.generate_name => refuse("--generate-name"),
        [_, _] if arguments.name_template.is_some() => refuse("--name-template"),
        [name, chart] => Ok((Named::from(name.as_str()), chart.clone())),
        [chart] => {
            let name = match &arguments.name_template {
                Some(template) => render::name(sources, template)?,
                None => "release-name".to_owned(),
            };
            Ok((Named { value: name, span: None }, chart.clone()))
        }
        _ => Err(Problem::new(ProblemCode::Use, "give a chart")),
    }
}
