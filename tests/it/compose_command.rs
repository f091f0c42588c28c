//! `plimsoll compose config`: the flags of Docker's command that print something other than the project.

use std::ffi::OsString;
use std::path::PathBuf;

/// A project on disk, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("plimsoll-compose-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        let text = "name: shop\nservices:\n  api:\n    image: shop/api:${TAG:-1.0}\n    depends_on: [web]\n  \
                    web:\n    image: shop/web:${TAG:?say which}\n    scale: ${SCALE:-2}\n";
        std::fs::write(path.join("compose.yaml"), text).unwrap();
        std::fs::write(path.join(".env"), "TAG=1.4.2\n").unwrap();
        Self(path)
    }

    /// What `compose config` with those flags prints, what it complains of, and how it ends.
    fn config(&self, flags: &[&str]) -> (String, String, u8) {
        let file = self.0.join("compose.yaml");
        let start = ["plimsoll", "compose", "-f"].map(OsString::from);
        let arguments = start.into_iter().chain([file.into_os_string(), "config".into()]);
        let arguments: Vec<OsString> = arguments.chain(flags.iter().map(OsString::from)).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = plimsoll::cli::run(arguments, &mut out, &mut err);
        (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap(), exit.code())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn services_are_listed_in_the_order_in_which_they_start() {
    let folder = Folder::new("services");
    assert_eq!(folder.config(&["--services"]), ("web\napi\n".to_owned(), String::new(), 0));
}

#[test]
fn variables_are_listed_as_docker_lists_them() {
    let folder = Folder::new("variables");
    let (table, _, _) = folder.config(&["--variables"]);
    let wanted = "NAME                REQUIRED            DEFAULT VALUE       ALTERNATE VALUE\n\
                  SCALE               false               2                   \n\
                  TAG                 true                                    \n";
    assert_eq!(table, wanted);
    let (json, _, _) = folder.config(&["--variables", "--format", "json"]);
    assert!(json.starts_with("{\n    \"SCALE\": {\n        \"Name\": \"SCALE\",\n"), "{json}");
    let (yaml, _, _) = folder.config(&["--variables", "--format", "yaml"]);
    let wanted =
        "SCALE:\n    name: SCALE\n    defaultvalue: \"2\"\n    presencevalue: \"\"\n    required: false\n";
    assert!(yaml.starts_with(wanted), "{yaml}");
}

#[test]
fn the_environment_has_the_lines_of_env_files_and_the_name_of_the_project() {
    let folder = Folder::new("environment");
    let (page, _, _) = folder.config(&["--environment"]);
    assert!(page.lines().any(|line| line == "TAG=1.4.2"), "{page}");
    assert!(page.lines().any(|line| line == "COMPOSE_PROJECT_NAME=shop"), "{page}");
}

#[test]
fn what_cannot_be_known_is_refused_with_the_reason() {
    let folder = Folder::new("refused");
    for (flags, reason) in [
        (vec!["--hash", "*"], "one version of Docker Compose"),
        (vec!["--resolve-image-digests"], "nothing over the network"),
        (vec!["--lock-image-digests"], "nothing over the network"),
    ] {
        let (out, err, exit) = folder.config(&flags);
        assert_eq!((out.as_str(), exit), ("", 2), "{flags:?}");
        assert!(err.contains(reason), "{flags:?}: {err}");
    }
}
