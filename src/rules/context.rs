//! What a rule may look at beside its subject.

use std::borrow::Cow;
use std::path::Path;

use crate::config::Config;
use crate::config::RuleSetting;
use crate::config::Stage;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::fleet::Fleet;
use crate::source::SourceMap;
use crate::yaml::NodeRef;

/// A day of the calendar. Given by the caller: the same input gives the same output on any day it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day, from 1.
    pub day: u8,
}

impl Date {
    /// The day that many days after 1970-01-01.
    pub fn from_days(days: u64) -> Self {
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": civil_from_days.
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Self {
            year: u16::try_from(year).unwrap_or(u16::MAX),
            month: u8::try_from(month).unwrap_or(12),
            day: u8::try_from(day).unwrap_or(28),
        }
    }

    /// Days since 1970-01-01; 0 for days before it.
    pub fn days(self) -> u64 {
        // Howard Hinnant: days_from_civil.
        let (month, day) = (u64::from(self.month), u64::from(self.day));
        let year = u64::from(self.year) - u64::from(month <= 2);
        let (era, year_of_era) = (year / 400, year % 400);
        let shifted_month = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        (era * 146_097 + day_of_era).saturating_sub(719_468)
    }
}

/// What a rule may look at beside its subject.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Every text that was read.
    pub sources: &'a SourceMap,
    /// All environments.
    pub ladder: &'a Ladder,
    /// The configuration.
    pub config: &'a Config,
    /// The environment of the subject; `None` for what belongs to none, and for rules over the whole ladder.
    pub environment: Option<&'a Environment>,
    /// All objects of that environment, for rules over an environment as a whole.
    pub fleet: Option<&'a Fleet<'a>>,
    /// The stage of that environment; local where there is none.
    pub stage: Stage,
    /// The day of the run.
    pub today: Date,
    /// The options of this rule.
    pub options: Options<'a>,
}

impl Context<'_> {
    /// Shows `look` all objects of the environment; what is empty where there is none.
    pub fn with_fleet<R: Default>(&self, look: impl FnOnce(&Fleet<'_>) -> R) -> R {
        self.fleet.map(look).unwrap_or_default()
    }

    /// True below a submodule: what was not checked out cannot be judged.
    pub fn in_submodule(&self, path: &Path) -> bool {
        let path = path.strip_prefix(".").unwrap_or(path);
        let Ok(modules) = self.sources.files().read(Path::new(".gitmodules")) else { return false };
        let modules = String::from_utf8_lossy(&modules);
        let paths = modules
            .lines()
            .filter_map(|line| line.trim().strip_prefix("path")?.trim_start().strip_prefix('='));
        paths.map(str::trim).any(|module| path.starts_with(module))
    }
}

/// A rule's options, as the configuration gives them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    setting: Option<&'a RuleSetting>,
    config: Option<&'a Config>,
}

impl<'a> Options<'a> {
    /// The options of a rule.
    pub fn of(config: &'a Config, rule: &str) -> Self {
        let setting = config.rules.iter().rev().find(|setting| setting.rule.value == rule);
        Self { setting, config: Some(config) }
    }

    fn get(self, name: &str) -> Option<NodeRef<'a>> {
        let tree = self.config?.tree.as_deref()?;
        let (_, node) = self.setting?.options.iter().find(|(key, _)| key.value == name)?;
        Some(tree.node(*node))
    }

    /// A list of texts; empty where the option is not given.
    pub fn strings(self, name: &str) -> Vec<Cow<'a, str>> {
        self.get(name).map(|node| node.items().map(NodeRef::text).collect()).unwrap_or_default()
    }

    /// A number.
    pub fn number(self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    /// A text.
    pub fn string(self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).map(NodeRef::text)
    }
}
