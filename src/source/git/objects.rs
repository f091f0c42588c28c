//! Objects, loose and packed.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use gix_object::Kind;
use gix_pack::Bundle;

use crate::source::MAX_FILE_BYTES;
use crate::source::git::GitError;
use crate::source::git::Id;

/// Objects that were just read and may be wanted again, in bytes.
const CACHE_BYTES: usize = 8 * 1024 * 1024;

/// What an object is, and its content.
type Object = (Kind, Arc<[u8]>);

/// Where objects lie.
pub(super) struct Objects {
    folders: Vec<PathBuf>,
    packs: Option<Vec<Bundle>>,
    inflate: gix_zlib::Inflate,
    bases: Bases,
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Objects").field("folders", &self.folders).finish_non_exhaustive()
    }
}

impl Objects {
    /// The objects of a repository, and those it borrows from others inside the same root.
    pub(super) fn open(shared: &Path, root: &Path) -> Result<Self, GitError> {
        let own = confined(&shared.join("objects"), shared)?;
        let mut folders = vec![own];
        let mut next = 0;
        while let Some(folder) = folders.get(next).cloned() {
            next += 1;
            let borrowed = super::pointer(&folder.join("info/alternates"))?.unwrap_or_default();
            for line in borrowed.lines().filter(|line| !line.trim().is_empty()) {
                let other = super::real(&folder.join(line.trim()))
                    .map_err(|_| GitError::Outside("objects/info/alternates".to_owned()))?;
                if !other.starts_with(root) && !other.starts_with(shared) {
                    return Err(GitError::Outside("objects/info/alternates".to_owned()));
                }
                if !folders.contains(&other) && folders.len() < 8 {
                    folders.push(other);
                }
            }
        }
        Ok(Self { folders, packs: None, inflate: gix_zlib::Inflate::default(), bases: Bases::default() })
    }

    /// Reads an object of at most [`MAX_FILE_BYTES`].
    pub(super) fn read(&mut self, id: Id) -> Result<Object, GitError> {
        // As git does, packs first: nearly everything is in one, and nothing is asked of the disk to see it.
        let packs = match &mut self.packs {
            Some(packs) => packs,
            none => none.insert(packs(&self.folders)?),
        };
        let name = gix_hash::ObjectId::Sha1(id.0);
        let mut data = Vec::new();
        for pack in packs {
            match pack.find(&name, &mut data, &mut self.inflate, &mut self.bases) {
                Ok(Some((object, _))) => {
                    let kind = object.kind;
                    return Ok((kind, data.into()));
                }
                Ok(None) => {}
                Err(_) => return Err(GitError::Broken(id)),
            }
        }
        for folder in &self.folders {
            if let Some(found) = loose(folder, id)? {
                return Ok(found);
            }
        }
        Err(GitError::Missing(id))
    }
}

/// A path that has to lie in a folder, links followed.
fn confined(path: &Path, folder: &Path) -> Result<PathBuf, GitError> {
    let real = super::real(path)?;
    if real.starts_with(folder) { Ok(real) } else { Err(GitError::Outside(path.display().to_string())) }
}

fn packs(folders: &[PathBuf]) -> Result<Vec<Bundle>, GitError> {
    let limit = usize::try_from(MAX_FILE_BYTES).ok();
    let mut packs = Vec::new();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(folder.join("pack")) else { continue };
        let mut indices: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        indices.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
        indices.sort();
        for index in indices {
            for file in [index.clone(), index.with_extension("pack")] {
                confined(&file, folder)?;
            }
            let shown = index.display().to_string();
            let mut pack = Bundle::at(&index, gix_hash::Kind::Sha1)
                .map_err(|error| GitError::System(shown, error.to_string()))?;
            pack.pack = pack.pack.with_alloc_limit_bytes(limit);
            packs.push(pack);
        }
    }
    Ok(packs)
}

/// An object in a file of its own: compressed, with its kind and length in front.
fn loose(folder: &Path, id: Id) -> Result<Option<Object>, GitError> {
    let name = id.to_string();
    let (Some(first), Some(rest)) = (name.get(..2), name.get(2..)) else { return Ok(None) };
    let path = folder.join(first).join(rest);
    if !path.exists() {
        return Ok(None);
    }
    let path = confined(&path, folder)?;
    let broken = |_| GitError::Broken(id);
    let file = std::fs::File::open(&path).map_err(broken)?;
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Err(GitError::Broken(id));
    }
    let mut data = Vec::new();
    let inflated = flate2::read::ZlibDecoder::new(file);
    inflated.take(MAX_FILE_BYTES + 64).read_to_end(&mut data).map_err(broken)?;
    let header = data.iter().take(32).position(|byte| *byte == 0).ok_or(GitError::Broken(id))?;
    let text = data.get(..header).and_then(|header| std::str::from_utf8(header).ok());
    let (kind, length) = text.and_then(|text| text.split_once(' ')).ok_or(GitError::Broken(id))?;
    let kind = Kind::from_bytes(kind.as_bytes()).map_err(|_| GitError::Broken(id))?;
    let content = data.get(header + 1..).unwrap_or_default();
    if length.parse() != Ok(content.len()) {
        return Err(GitError::Broken(id));
    }
    Ok(Some((kind, content.into())))
}

/// What objects of a pack are made from, kept while there is room: neighbours share it.
#[derive(Default)]
struct Bases {
    /// By pack and offset: kind, compressed length, content.
    kept: HashMap<(u32, u64), (Kind, usize, Vec<u8>)>,
    bytes: usize,
}

impl gix_pack::cache::DecodeEntry for Bases {
    fn put(&mut self, pack: u32, offset: u64, data: &[u8], kind: Kind, compressed: usize) {
        if data.len() > CACHE_BYTES / 16 {
            return;
        }
        if self.bytes + data.len() > CACHE_BYTES {
            self.kept.clear();
            self.bytes = 0;
        }
        if self.kept.insert((pack, offset), (kind, compressed, data.to_vec())).is_none() {
            self.bytes += data.len();
        }
    }

    fn get(&mut self, pack: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let (kind, compressed, data) = self.kept.get(&(pack, offset))?;
        out.clear();
        out.extend_from_slice(data);
        Some((*kind, *compressed))
    }
}
