//! The ladder as file names and deploy commands give it.

mod compose;
mod evidence;
mod helm;
mod inventory;
mod pulumi;
mod readings;

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::discover::Plan;
use crate::discover::PlannedEnvironment;
use crate::discover::Why;
use crate::discover::commands;
use crate::discover::commands::Use;
use crate::discover::names::Named;
use crate::discover::scripts;
use crate::source::SourceMap;

pub(super) use inventory::Inventory;
pub(super) use pulumi::stack_file;
pub(super) use readings::Readings;

/// The environments found so far, by rung.
type Rungs = BTreeMap<Named, PlannedEnvironment>;

/// Infers the ladder of a repository.
pub(super) fn plan(sources: &SourceMap, inventory: &Inventory, readings: &Readings) -> Plan {
    let mut plan = Plan::default();
    let mut rungs = Rungs::new();
    let uses = uses(sources, inventory, readings);
    compose::infer(inventory, &uses, &mut rungs, &mut plan);
    helm::infer(sources, inventory, &uses, &mut rungs, &mut plan);
    pulumi::infer(sources, inventory, &uses, &mut rungs, &mut plan);
    plan.environments = rungs.into_values().collect();
    plan
}

/// Every deploy command of the repository, in the order of files and lines.
fn uses(sources: &SourceMap, inventory: &Inventory, readings: &Readings) -> Vec<Use> {
    let telling = inventory.files.iter().filter(|path| scripts::may_deploy(path));
    let telling: Vec<_> = telling.filter(|path| !crate::discover::names::is_example(path)).collect();
    // Read one after the other, so that they have the same numbers in every run.
    for path in &telling {
        let _read = sources.read(path);
    }
    let of_file = |path: &&PathBuf| {
        // A script that is not text has no commands to be read.
        let Ok(source) = sources.read(path) else { return Vec::new() };
        let read = || scripts::sessions(&source, path).iter().flat_map(commands::uses).collect();
        readings.uses.once(source.id, read).to_vec()
    };
    telling.par_iter().flat_map_iter(of_file).collect()
}

/// The rung of that name, made where it is new.
fn rung(rungs: &mut Rungs, named: Named) -> &mut PlannedEnvironment {
    rungs.entry(named).or_insert_with(|| PlannedEnvironment::new(named.name.to_owned(), named.stage))
}

/// Adds a reason that is not there yet.
fn because(whys: &mut Vec<Why>, why: Why) {
    if !whys.iter().any(|other| other.text == why.text) {
        whys.push(why);
    }
}
