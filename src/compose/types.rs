//! Which type each attribute of a project has, in the order in which Docker Compose prints them.

/// A type, named after what it does with a value. A pointer survives when it is zero or false.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Type {
    Text,
    Flag,
    FlagPointer,
    /// True is the default.
    OptOut,
    Int,
    IntPointer,
    Unsigned,
    UnsignedPointer,
    /// A number of single precision.
    Single,
    Bytes,
    Duration,
    DurationPointer,
    /// Words, or a text that is split as a shell splits it.
    Command,
    HealthTest,
    /// A list of texts, whole numbers among them.
    Texts,
    /// A text or a list of texts.
    StringList,
    /// A list of texts and numbers.
    NumberList,
    /// `KEY=VALUE`; what has no value is empty.
    Pairs,
    Labels,
    /// `KEY=VALUE`; what has no value is null.
    Variables,
    /// A mapping to texts, made of any scalars.
    Options,
    /// A mapping to texts.
    TextMap,
    /// A mapping to lists of texts.
    MultiOptions,
    Hosts,
    Ssh,
    /// Permission bits.
    Mode,
    Ulimit,
    DeviceCount,
    /// Fields; stays where it is empty.
    Struct(&'static Struct),
    /// Fields; goes where it is empty.
    Inline(&'static Struct),
    List(&'static Type),
    Map(&'static Type),
    /// A mapping whose values may be null.
    PointerMap(&'static Type),
}

/// An attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Type,
}

/// A mapping of attributes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Struct {
    /// Its attributes, in groups that several mappings share.
    pub(crate) groups: &'static [&'static [Field]],
    /// Attributes that are printed even when nobody wrote them.
    pub(crate) always: &'static [Field],
    /// True where `x-` keys are kept.
    pub(crate) extensions: bool,
}

impl Struct {
    /// The attribute of that name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.groups.iter().flat_map(|group| group.iter()).find(|field| field.name == name)
    }
}

const fn field(name: &'static str, kind: Type) -> Field {
    Field { name, kind }
}

const fn fields(groups: &'static [&'static [Field]]) -> Struct {
    Struct { groups, always: &[], extensions: true }
}

use Type::Bytes;
use Type::Command;
use Type::Duration;
use Type::DurationPointer;
use Type::Flag;
use Type::FlagPointer;
use Type::Hosts;
use Type::Inline;
use Type::Int;
use Type::IntPointer;
use Type::Labels;
use Type::List;
use Type::Map;
use Type::Options;
use Type::Pairs;
use Type::PointerMap;
use Type::Single;
use Type::StringList;
use Type::Text;
use Type::TextMap;
use Type::Texts;
use Type::Unsigned;
use Type::UnsignedPointer;
use Type::Variables;

/// The whole project.
pub(crate) static PROJECT: Struct = fields(&[&[
    field("name", Text),
    field("services", Map(&Type::Struct(&SERVICE))),
    field("jobs", Map(&Type::Struct(&JOB))),
    field("networks", Map(&Type::Struct(&NETWORK))),
    field("volumes", Map(&Type::Struct(&VOLUME))),
    field("secrets", Map(&Type::Struct(&FILE_OBJECT))),
    field("configs", Map(&Type::Struct(&FILE_OBJECT))),
    field("models", Map(&Type::Struct(&MODEL))),
]]);

/// What anything that runs a container has.
static CONTAINER: &[Field] = &[
    field("annotations", Pairs),
    field("blkio_config", Type::Struct(&BLKIO)),
    field("cap_add", Texts),
    field("cap_drop", Texts),
    field("cgroup_parent", Text),
    field("cgroup", Text),
    field("cpu_count", Int),
    field("cpu_percent", Single),
    field("cpu_period", Int),
    field("cpu_quota", Int),
    field("cpu_rt_period", Int),
    field("cpu_rt_runtime", Int),
    field("cpus", Single),
    field("cpuset", Text),
    field("cpu_shares", Int),
    field("command", Command),
    field("configs", List(&Type::Struct(&FILE_MOUNT))),
    field("credential_spec", Type::Struct(&CREDENTIAL_SPEC)),
    field("device_cgroup_rules", Texts),
    field("devices", List(&Type::Struct(&DEVICE))),
    field("dns", StringList),
    field("dns_opt", Texts),
    field("dns_search", StringList),
    field("domainname", Text),
    field("entrypoint", Command),
    field("environment", Variables),
    field("env_file", List(&Type::Struct(&ENV_FILE))),
    field("extra_hosts", Hosts),
    field("group_add", Texts),
    field("gpus", List(&Type::Struct(&DEVICE_REQUEST))),
    field("hostname", Text),
    field("image", Text),
    field("init", FlagPointer),
    field("ipc", Text),
    field("isolation", Text),
    field("labels", Labels),
    field("label_file", Texts),
    field("logging", Type::Struct(&LOGGING)),
    field("mem_limit", Bytes),
    field("mem_reservation", Bytes),
    field("memswap_limit", Bytes),
    field("mem_swappiness", Bytes),
    field("mac_address", Text),
    field("models", PointerMap(&Type::Struct(&SERVICE_MODEL))),
    field("network_mode", Text),
    field("networks", PointerMap(&Type::Struct(&SERVICE_NETWORK))),
    field("oom_kill_disable", Flag),
    field("oom_score_adj", Int),
    field("pid", Text),
    field("pids_limit", Int),
    field("platform", Text),
    field("privileged", Flag),
    field("pull_policy", Text),
    field("pull_refresh_after", Text),
    field("read_only", Flag),
    field("runtime", Text),
    field("secrets", List(&Type::Struct(&FILE_MOUNT))),
    field("security_opt", Texts),
    field("shm_size", Bytes),
    field("stop_grace_period", DurationPointer),
    field("stop_signal", Text),
    field("storage_opt", TextMap),
    field("sysctls", Pairs),
    field("tmpfs", StringList),
    field("ulimits", Map(&Type::Ulimit)),
    field("umask", UnsignedPointer),
    field("use_api_socket", Flag),
    field("user", Text),
    field("userns_mode", Text),
    field("uts", Text),
    field("volumes", List(&Type::Struct(&MOUNT))),
    field("volumes_from", Texts),
    field("working_dir", Text),
];

/// What services and jobs have beyond that.
static WORKLOAD: &[Field] = &[
    field("build", Type::Struct(&BUILD)),
    field("depends_on", Map(&Type::Struct(&DEPENDENCY))),
    field("expose", Type::NumberList),
    field("healthcheck", Type::Struct(&HEALTHCHECK)),
    field("ports", List(&Type::Struct(&PORT))),
    field("stdin_open", Flag),
    field("tty", Flag),
];

static SERVICE: Struct = fields(&[
    &[
        field("profiles", Texts),
        field("deploy", Type::Struct(&DEPLOY)),
        field("develop", Type::Struct(&DEVELOP)),
        field("restart", Text),
        field("scale", IntPointer),
        field("attach", FlagPointer),
        field("container_name", Text),
        field("provider", Type::Struct(&PROVIDER)),
        field("external_links", Texts),
        field("links", Texts),
        field("pre_start", List(&Type::Struct(&INIT_CONTAINER))),
        field("post_start", List(&Type::Struct(&HOOK))),
        field("pre_stop", List(&Type::Struct(&HOOK))),
    ],
    CONTAINER,
    WORKLOAD,
]);

static INIT_CONTAINER: Struct = fields(&[CONTAINER, &[field("per_replica", Flag)]]);

static JOB: Struct = fields(&[
    &[field("name", Text), field("profiles", Texts), field("triggers", Type::Struct(&TRIGGERS))],
    CONTAINER,
    WORKLOAD,
]);

static TRIGGERS: Struct =
    fields(&[&[field("manual", FlagPointer), field("schedule", List(&Type::Struct(&SCHEDULE)))]]);

static SCHEDULE: Struct = fields(&[&[
    field("cron", Text),
    field("timezone", Text),
    field("concurrency", Text),
    field("missed_fires", Text),
]]);

static THROTTLE: Struct = Struct {
    groups: &[&[field("path", Text), field("rate", Bytes)]],
    always: &[field("path", Text), field("rate", Bytes)],
    extensions: true,
};
static WEIGHT: Struct = Struct {
    groups: &[&[field("path", Text), field("weight", Unsigned)]],
    always: &[field("path", Text), field("weight", Unsigned)],
    extensions: true,
};

/// Two limits, for their order only.
pub(crate) static ULIMIT: Struct = fields(&[&[field("soft", Int), field("hard", Int)]]);

static BLKIO: Struct = fields(&[&[
    field("weight", Unsigned),
    field("weight_device", List(&Type::Struct(&WEIGHT))),
    field("device_read_bps", List(&Type::Struct(&THROTTLE))),
    field("device_read_iops", List(&Type::Struct(&THROTTLE))),
    field("device_write_bps", List(&Type::Struct(&THROTTLE))),
    field("device_write_iops", List(&Type::Struct(&THROTTLE))),
]]);

static FILE_MOUNT: Struct = fields(&[&[
    field("source", Text),
    field("target", Text),
    field("uid", Text),
    field("gid", Text),
    field("mode", Type::Mode),
]]);

static CREDENTIAL_SPEC: Struct =
    fields(&[&[field("config", Text), field("file", Text), field("registry", Text)]]);

static DEVICE: Struct =
    fields(&[&[field("source", Text), field("target", Text), field("permissions", Text)]]);

static ENV_FILE: Struct = Struct {
    groups: &[&[field("path", Text), field("required", Type::OptOut), field("format", Text)]],
    always: &[],
    extensions: false,
};

static DEVICE_REQUEST: Struct = Struct {
    groups: &[&[
        field("capabilities", Texts),
        field("driver", Text),
        field("count", Type::DeviceCount),
        field("device_ids", Texts),
        field("options", Pairs),
    ]],
    always: &[],
    extensions: false,
};

static LOGGING: Struct = fields(&[&[field("driver", Text), field("options", Options)]]);

static SERVICE_MODEL: Struct = fields(&[&[field("endpoint_var", Text), field("model_var", Text)]]);

static SERVICE_NETWORK: Struct = fields(&[&[
    field("aliases", Texts),
    field("driver_opts", Options),
    field("gw_priority", Int),
    field("interface_name", Text),
    field("ipv4_address", Text),
    field("ipv6_address", Text),
    field("link_local_ips", Texts),
    field("mac_address", Text),
    field("priority", Int),
    field("use_service_name_alias", FlagPointer),
]]);

static MOUNT: Struct = fields(&[&[
    field("type", Text),
    field("source", Text),
    field("target", Text),
    field("read_only", Flag),
    field("consistency", Text),
    field("bind", Type::Struct(&BIND)),
    field("volume", Type::Struct(&MOUNTED_VOLUME)),
    field("tmpfs", Type::Struct(&TMPFS)),
    field("image", Type::Struct(&MOUNTED_IMAGE)),
]]);

static BIND: Struct = fields(&[&[
    field("selinux", Text),
    field("propagation", Text),
    field("create_host_path", Type::OptOut),
    field("recursive", Text),
]]);

static MOUNTED_VOLUME: Struct =
    fields(&[&[field("labels", Pairs), field("nocopy", Flag), field("subpath", Text)]]);
static TMPFS: Struct = fields(&[&[field("size", Bytes), field("mode", Unsigned)]]);
static MOUNTED_IMAGE: Struct = fields(&[&[field("subpath", Text)]]);

static BUILD: Struct = fields(&[&[
    field("context", Text),
    field("dockerfile", Text),
    field("dockerfile_inline", Text),
    field("entitlements", Texts),
    field("args", Variables),
    field("provenance", Text),
    field("sbom", Text),
    field("ssh", Type::Ssh),
    field("labels", Labels),
    field("cache_from", StringList),
    field("cache_to", StringList),
    field("no_cache", Flag),
    field("no_cache_filter", StringList),
    field("additional_contexts", Pairs),
    field("pull", Flag),
    field("extra_hosts", Hosts),
    field("isolation", Text),
    field("network", Text),
    field("target", Text),
    field("secrets", List(&Type::Struct(&FILE_MOUNT))),
    field("shm_size", Bytes),
    field("tags", StringList),
    field("ulimits", Map(&Type::Ulimit)),
    field("platforms", StringList),
    field("privileged", Flag),
]]);

static DEPENDENCY: Struct = Struct {
    groups: &[&[field("condition", Text), field("restart", Flag), field("required", FlagPointer)]],
    always: &[field("required", Flag)],
    extensions: true,
};

static HEALTHCHECK: Struct = fields(&[&[
    field("test", Type::HealthTest),
    field("timeout", DurationPointer),
    field("interval", DurationPointer),
    field("retries", UnsignedPointer),
    field("start_period", DurationPointer),
    field("start_interval", DurationPointer),
    field("disable", Flag),
]]);

static PORT: Struct = fields(&[&[
    field("name", Text),
    field("mode", Text),
    field("host_ip", Text),
    field("target", Unsigned),
    field("published", Text),
    field("protocol", Text),
    field("app_protocol", Text),
]]);

static UPDATE: Struct = fields(&[&[
    field("parallelism", UnsignedPointer),
    field("delay", Duration),
    field("failure_action", Text),
    field("monitor", Duration),
    field("max_failure_ratio", Single),
    field("order", Text),
]]);

static RESOURCE: Struct = fields(&[&[
    field("cpus", Single),
    field("memory", Bytes),
    field("pids", Int),
    field("devices", List(&Type::Struct(&DEVICE_REQUEST))),
    field("generic_resources", List(&Type::Struct(&GENERIC_RESOURCE))),
]]);

static GENERIC_RESOURCE: Struct = fields(&[&[field("discrete_resource_spec", Type::Struct(&DISCRETE))]]);
static DISCRETE: Struct = Struct {
    groups: &[&[field("kind", Text), field("value", Int)]],
    always: &[field("kind", Text), field("value", Int)],
    extensions: true,
};

static RESOURCES: Struct =
    fields(&[&[field("limits", Type::Struct(&RESOURCE)), field("reservations", Type::Struct(&RESOURCE))]]);

static RESTART: Struct = fields(&[&[
    field("condition", Text),
    field("delay", DurationPointer),
    field("max_attempts", UnsignedPointer),
    field("window", DurationPointer),
]]);

static PLACEMENT: Struct = fields(&[&[
    field("constraints", Texts),
    field("preferences", List(&Type::Struct(&PREFERENCE))),
    field("max_replicas_per_node", Unsigned),
]]);

static PREFERENCE: Struct = fields(&[&[field("spread", Text)]]);

static DEPLOY: Struct = fields(&[&[
    field("mode", Text),
    field("replicas", IntPointer),
    field("labels", Labels),
    field("update_config", Type::Struct(&UPDATE)),
    field("rollback_config", Type::Struct(&UPDATE)),
    field("resources", Inline(&RESOURCES)),
    field("restart_policy", Type::Struct(&RESTART)),
    field("placement", Inline(&PLACEMENT)),
    field("endpoint_mode", Text),
]]);

static HOOK: Struct = fields(&[&[
    field("command", Command),
    field("user", Text),
    field("privileged", Flag),
    field("working_dir", Text),
    field("environment", Variables),
]]);

static WATCH: Struct = Struct {
    groups: &[&[
        field("path", Text),
        field("action", Text),
        field("target", Text),
        field("exec", Inline(&HOOK)),
        field("include", Texts),
        field("ignore", Texts),
        field("initial_sync", Flag),
    ]],
    always: &[field("path", Text), field("action", Text)],
    extensions: true,
};

static DEVELOP: Struct = fields(&[&[field("watch", List(&Type::Struct(&WATCH)))]]);

static PROVIDER: Struct = fields(&[&[field("type", Text), field("options", Type::MultiOptions)]]);

static NETWORK: Struct = fields(&[&[
    field("name", Text),
    field("driver", Text),
    field("driver_opts", Options),
    field("ipam", Inline(&IPAM)),
    field("external", Flag),
    field("internal", Flag),
    field("attachable", Flag),
    field("labels", Labels),
    field("enable_ipv4", FlagPointer),
    field("enable_ipv6", FlagPointer),
]]);

static IPAM: Struct = fields(&[&[
    field("driver", Text),
    field("config", List(&Type::Struct(&POOL))),
    field("options", Options),
]]);

static POOL: Struct = fields(&[&[
    field("subnet", Text),
    field("gateway", Text),
    field("ip_range", Text),
    field("aux_addresses", Pairs),
]]);

static VOLUME: Struct = fields(&[&[
    field("name", Text),
    field("driver", Text),
    field("driver_opts", Options),
    field("external", Flag),
    field("labels", Labels),
]]);

/// Secrets and configs.
static FILE_OBJECT: Struct = fields(&[&[
    field("name", Text),
    field("file", Text),
    field("environment", Text),
    field("content", Text),
    field("external", Flag),
    field("labels", Labels),
    field("driver", Text),
    field("driver_opts", TextMap),
    field("template_driver", Text),
]]);

static MODEL: Struct = fields(&[&[
    field("name", Text),
    field("model", Text),
    field("context_size", Int),
    field("runtime_flags", Texts),
]]);
