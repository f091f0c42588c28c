//! Images that a service takes along from one environment to the next.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::config::Stage;
use crate::diagnostic::Unchecked;
use crate::ladder::Environment;
use crate::ladder::Ladder;
use crate::ladder::Owner;
use crate::ladder::history;
use crate::ladder::workload::Image;
use crate::ladder::workload::Member;
use crate::ladder::workload::Workload;
use crate::source::Known;
use crate::source::Span;

/// An image of which an earlier environment runs this or another version.
#[derive(Clone, Copy, Debug)]
pub struct Promoted<'a> {
    /// Where it runs.
    pub environment: &'a Environment,
    /// True where no earlier environment runs this version now.
    pub ahead: bool,
}

/// Images with a version that came to an environment from an earlier one, as far as `asked` wants to know of them.
pub(super) fn versions(ladder: &Ladder, asked: impl Fn(Promoted<'_>) -> bool) -> BTreeSet<history::Placed> {
    let version = |member: &Member| {
        let (_, _, image) = image(ladder, member)?;
        let tag = image.tag.known()?.as_deref().filter(|tag| history::is_version(tag))?;
        Some((image.repository()?.to_owned(), tag.to_owned()))
    };
    let mut images = BTreeSet::new();
    for service in &ladder.services {
        for member in &service.members {
            let Some((repository, tag)) = version(member) else { continue };
            let earlier = service.members.iter().filter(|other| other.environment < member.environment);
            let earlier = earlier.filter_map(version).filter(|(other, _)| *other == repository);
            let tags: Vec<String> = earlier.map(|(_, tag)| tag).collect();
            let Some(environment) = ladder.environments.get(member.environment) else { continue };
            let promoted = Promoted { environment, ahead: !tags.contains(&tag) };
            if !tags.is_empty() && asked(promoted) {
                images.insert(history::Placed { environment: member.environment, repository, tag });
            }
        }
    }
    images
}

/// Of which services nobody can say here whether an earlier environment ran their images: once for each environment
/// and place that leaves it open.
pub(super) fn unchecked(ladder: &Ladder) -> Vec<Unchecked> {
    let mut open: BTreeMap<(usize, Option<Span>, &str, bool), Vec<&str>> = BTreeMap::new();
    for service in &ladder.services {
        for member in &service.members {
            let earlier = service.members.iter().any(|other| other.environment < member.environment);
            let Some((environment, workload, image)) = image(ladder, member).filter(|_| earlier) else {
                continue;
            };
            let Known::Unknown(unknown) = &image.tag else { continue };
            if environment.stage != Stage::Local && !workload.hook {
                let released = matches!(workload.owner, Owner::Release(_));
                let key = (member.environment, unknown.span, unknown.why.as_str(), released);
                open.entry(key).or_default().push(&service.name);
            }
        }
    }
    let said = open.into_iter().filter_map(|((environment, span, why, released), services)| {
        let name = &ladder.environments.get(environment)?.name;
        let what =
            format!("whether an earlier environment ran the images of {} in `{name}`", some_of(&services));
        let reason = if released {
            format!("{why}; `plimsoll check -e {name}` with the flags of the deploy command sees them")
        } else {
            why.to_owned()
        };
        Some(Unchecked { what, reason, span })
    });
    said.collect()
}

/// The first names, and how many more there are.
fn some_of(services: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = services.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match services.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn image<'l>(ladder: &'l Ladder, member: &Member) -> Option<(&'l Environment, &'l Workload, &'l Image)> {
    let environment = ladder.environments.get(member.environment)?;
    let workload = environment.workloads.get(member.workload)?;
    let container = workload.main().filter(|container| container.build.is_none())?;
    Some((environment, workload, container.image.as_ref()?))
}
