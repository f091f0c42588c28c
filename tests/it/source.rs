//! Reading files: what is refused, and how places are counted.

use std::path::Path;

use plimsoll::source::Files;
use plimsoll::source::LineColumn;
use plimsoll::source::ReadError;
use plimsoll::source::SourceMap;
use plimsoll::source::Span;
use plimsoll::source::credential_shaped;

#[test]
fn lines_and_columns_count_characters_from_one() {
    let sources = SourceMap::new(Files::memory([("a.yaml", "k: é x\r\nb: 2\n")]));
    let source = sources.read(Path::new("a.yaml")).unwrap();
    let at = |needle: &str| source.line_column(source.text.find(needle).unwrap().try_into().unwrap());
    assert_eq!(at("x"), LineColumn { line: 1, column: 6 });
    assert_eq!(at("2"), LineColumn { line: 2, column: 4 });
    assert_eq!(source.line_text(1), "k: é x");
    assert_eq!(source.slice(Span::new(source.id, 3, 5)), "é");
}

#[test]
fn what_leaves_the_root_is_refused() {
    let folder = std::env::temp_dir().join(format!("plimsoll-source-{}", std::process::id()));
    let inside = folder.join("inside");
    std::fs::create_dir_all(inside.join("folder")).unwrap();
    std::fs::write(folder.join("outside.yaml"), "a: 1").unwrap();
    std::fs::write(inside.join("here.yaml"), "a: 1").unwrap();
    std::fs::write(inside.join("latin.yaml"), b"a: \xe9").unwrap();
    let linked = std::os::unix::fs::symlink(folder.join("outside.yaml"), inside.join("link.yaml"));
    assert!(linked.is_ok() || inside.join("link.yaml").exists());
    let sources = SourceMap::new(Files::below(&inside));
    let read = |path: &str| sources.read(Path::new(path)).map(|source| source.text.to_string());
    assert_eq!(read("here.yaml").as_deref(), Ok("a: 1"));
    assert_eq!(read("./folder/../here.yaml").as_deref(), Ok("a: 1"));
    assert_eq!(read("../outside.yaml"), Err(ReadError::OutsideRoot));
    assert_eq!(read("link.yaml"), Err(ReadError::OutsideRoot));
    assert_eq!(read("/etc/hostname"), Err(ReadError::OutsideRoot));
    assert_eq!(read("folder"), Err(ReadError::NotRegular("a folder")));
    assert_eq!(read("none.yaml"), Err(ReadError::Missing));
    assert_eq!(read("latin.yaml"), Err(ReadError::NotUtf8(3)));
    let sources = SourceMap::new(Files::within(inside.join("folder"), &inside));
    let read = |path: &str| sources.read(Path::new(path)).map(|source| source.text.to_string());
    assert_eq!(read("../here.yaml").as_deref(), Ok("a: 1"), "what lies in the repository");
    assert_eq!(read("../../outside.yaml"), Err(ReadError::OutsideRoot));
    assert_eq!(read("../link.yaml"), Err(ReadError::OutsideRoot));
    assert_eq!(sources.files().repository(), Vec::<std::path::PathBuf>::new(), "the folder alone is listed");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_key_that_names_a_secret_that_exists_leads_to_a_credential_and_is_none() {
    for key in ["existingSecret", "existingSecretKey", "auth.existing_secret_password_key"] {
        assert!(!credential_shaped(key), "{key}");
    }
    for key in ["existingPassword", "secretKey", "POSTGRES_PASSWORD"] {
        assert!(credential_shaped(key), "{key}");
    }
}
