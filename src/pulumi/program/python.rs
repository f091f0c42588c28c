//! Programs of this language.

use crate::pulumi::Project;
use crate::pulumi::program::Program;
use crate::pulumi::program::ProgramError;
use crate::source::SourceMap;

pub(super) fn load(_: &SourceMap, _: &Project) -> Result<Program, ProgramError> {
    Err(ProgramError::Runtime("python".to_owned()))
}
