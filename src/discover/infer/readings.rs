//! What files say by themselves, kept for the next plan of the same repository.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::discover::commands::Use;
use crate::discover::infer::inventory::ComposeFile;
use crate::source::SourceId;

/// What was read of files, by source.
#[derive(Debug, Default)]
pub(in crate::discover) struct Readings {
    /// The deploy commands in it.
    pub(super) uses: Kept<Vec<Use>>,
    /// It as a Compose file, where it is one, and the files that it includes or extends.
    pub(super) compose: Kept<(Option<ComposeFile>, Vec<PathBuf>)>,
}

/// Something that was worked out of sources.
#[derive(Debug)]
pub(super) struct Kept<T>(Mutex<HashMap<SourceId, Arc<T>>>);

impl<T> Kept<T> {
    /// What a source gives, worked out where it is new.
    pub(super) fn once(&self, source: SourceId, work: impl FnOnce() -> T) -> Arc<T> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&source).map(Arc::clone);
        known.unwrap_or_else(|| {
            let new = Arc::new(work());
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(source, Arc::clone(&new));
            new
        })
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}
