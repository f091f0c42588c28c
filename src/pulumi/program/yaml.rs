//! Programs of this language.

use crate::pulumi::Configuration;
use crate::pulumi::Project;
use crate::pulumi::program::ProgramError;
use crate::pulumi::program::Reading;
use crate::source::SourceMap;

#[derive(Debug)]
pub(super) struct Program;
impl Program {
    pub(super) fn read(&self, _: Configuration<'_>) -> Reading {
        Reading::default()
    }
}
pub(super) fn load(_: &SourceMap, _: &Project) -> Result<super::Program, ProgramError> {
    Err(ProgramError::Runtime("yaml".to_owned()))
}
