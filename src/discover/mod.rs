//! Which files make which environment, and why: from the configuration, from file names, and from the deploy
//! commands in workflows, Makefiles and scripts.
//!
//! Nothing is run and nothing is guessed: what a name or a command does not say is left open.

mod commands;
mod configured;
mod deploy;
mod evaluate;
mod infer;
mod names;
mod plan;
mod scripts;
mod shell;

pub use deploy::Deploy;
pub use deploy::Refused;
pub use deploy::from_root;
pub use names::is_environment;
pub use plan::Chart;
pub use plan::ComposeDeployment;
pub use plan::HelmDeployment;
pub use plan::Plan;
pub use plan::PlannedEnvironment;
pub use plan::Planner;
pub use plan::PulumiDeployment;
pub use plan::Setting;
pub use plan::SettingKind;
pub use plan::Text;
pub use plan::Why;
pub use plan::plan;
