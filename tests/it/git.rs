//! Repositories made by hand, object by object: the same bytes on every machine, and no git needed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use plimsoll::source::git::Id;
use sha1::Digest as _;
use sha1::Sha1;

/// A repository in a folder that goes away again.
pub(crate) struct Repository {
    pub(crate) root: PathBuf,
    time: i64,
}

impl Repository {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("plimsoll-git-{}-{count}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join(".git/objects")).unwrap();
        fs::create_dir_all(root.join(".git/refs/heads")).unwrap();
        fs::write(root.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        Self { root, time: 1_790_000_000 }
    }

    fn object(&self, kind: &str, content: &[u8]) -> Id {
        let mut whole = format!("{kind} {}\0", content.len()).into_bytes();
        whole.extend_from_slice(content);
        let name: String = Sha1::digest(&whole).iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = self.root.join(".git/objects").join(&name[..2]);
        fs::create_dir_all(&folder).unwrap();
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&whole).unwrap();
        fs::write(folder.join(&name[2..]), packed.finish().unwrap()).unwrap();
        Id::from_hex(&name).unwrap()
    }

    fn tree(&self, files: &BTreeMap<String, String>, folder: &str) -> Id {
        let mut entries: BTreeMap<String, (&str, Id)> = BTreeMap::new();
        for (path, text) in files {
            let Some(rest) = path.strip_prefix(folder) else { continue };
            match rest.split_once('/') {
                Some((below, _)) => {
                    let id = self.tree(files, &format!("{folder}{below}/"));
                    entries.insert(format!("{below}/"), ("40000", id));
                }
                None => {
                    entries.insert(rest.to_owned(), ("100644", self.object("blob", text.as_bytes())));
                }
            }
        }
        let mut content = Vec::new();
        for (name, (mode, id)) in entries {
            content.extend_from_slice(format!("{mode} {}\0", name.trim_end_matches('/')).as_bytes());
            let hex = id.to_string();
            content.extend((0..20).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap()));
        }
        self.object("tree", &content)
    }

    /// A commit of these files, an hour after the one before.
    pub(crate) fn commit(&mut self, parents: &[Id], files: &BTreeMap<String, String>) -> Id {
        self.time += 3600;
        let who = format!("n <e@example.com> {} +0000", self.time);
        let parents: String = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
        let tree = self.tree(files, "");
        self.object(
            "commit",
            format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\nm\n").as_bytes(),
        )
    }

    /// Makes a commit the one that is checked out, and writes its files.
    pub(crate) fn check_out(&self, commit: Id, files: &BTreeMap<String, String>) {
        fs::write(self.root.join(".git/refs/heads/main"), format!("{commit}\n")).unwrap();
        self.write(files);
    }

    pub(crate) fn write(&self, files: &BTreeMap<String, String>) {
        for (path, text) in files {
            let path = self.root.join(path);
            fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
            fs::write(path, text).unwrap();
        }
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}
