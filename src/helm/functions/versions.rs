//! Versions.

use std::sync::Arc;

use crate::helm::functions::Answer;
use crate::helm::functions::Entry;
use crate::helm::functions::Fault;
use crate::helm::functions::Session;
use crate::helm::functions::Type;
use crate::helm::functions::arguments::string;
use crate::helm::functions::mix;
use crate::helm::text::Origins;
use crate::helm::value::Data;
use crate::helm::value::Value;
use crate::helm::version::Constraint;
use crate::helm::version::Version;
use crate::helm::version::VersionError;

pub(super) static ENTRIES: &[Entry] =
    &[mix("semver", &[Type::String], semver), mix("semverCompare", &[Type::String, Type::String], compare)];

impl From<VersionError> for Fault {
    fn from(error: VersionError) -> Self {
        Self::new(error.to_string())
    }
}

fn semver(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let version = Version::parse(&string(arguments, 0))?;
    Ok(Value::new(Data::Version(Arc::new(version)), Origins::NONE))
}

fn compare(_: &mut Session<'_>, arguments: &[Value]) -> Answer {
    let constraint = Constraint::parse(&string(arguments, 0))?;
    Ok(constraint.check(&Version::parse(&string(arguments, 1))?).into())
}
