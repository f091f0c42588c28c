//! The merged model to a project.

use crate::compose::discovery::Setup;
use crate::compose::load::Loader;
use crate::compose::project::Project;
use crate::compose::value::Data;
use crate::compose::value::Mapping;
use crate::compose::value::Value;

/// Makes the project of a normalised model.
pub(crate) fn project(loader: &mut Loader<'_>, model: Value, setup: Setup) -> Option<Project> {
    let disabled = model.with(Data::Mapping(Mapping::new()));
    Some(Project {
        name: setup.name,
        name_span: setup.name_span,
        directory: setup.directory,
        profiles: setup.profiles,
        files: loader.files.clone(),
        root: model,
        disabled,
    })
}
