//! `cost/unknown-size`: a size that no price book has.

use crate::diagnostic::Finding;
use crate::ladder::Environment;
use crate::rules::Context;

pub(super) fn check(environment: &Environment, _context: &Context<'_>) -> Vec<Finding> {
    let unknown = environment.assessment().estimate.unknown.iter();
    unknown
        .filter_map(|unknown| {
            let unpriced = unknown.unpriced.as_ref()?;
            let finding = Finding::new(
                format!("no price is known for the size `{}`", unpriced.size),
                unpriced.at,
                unpriced.size.clone(),
            )
            .label(unknown.why.why.clone());
            Some(match &unpriced.similar {
                Some(close) => finding.help(format!("write `{close}` if that was meant")),
                None => finding.help("check that the provider still offers this size"),
            })
        })
        .collect()
}
