//! `plimsoll ladder --workloads`: what runs where, environments as columns.

use std::io::Write;

use crate::ladder::Ladder;
use crate::ladder::Workload;
use crate::ladder::workload::Image;
use crate::source::Known;

/// Writes the services as a table.
pub(super) fn show(ladder: &Ladder, out: &mut dyn Write) -> std::io::Result<()> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut head = vec!["service".to_owned()];
    head.extend(ladder.environments.iter().map(|environment| environment.name.clone()));
    rows.push(head);
    for service in &ladder.services {
        let tenant = service.tenant.as_deref();
        let mut row = vec![
            tenant.map_or_else(|| service.name.clone(), |tenant| format!("{} of {tenant}", service.name)),
        ];
        for (index, environment) in ladder.environments.iter().enumerate() {
            let member = service.member(index);
            let workload = member.and_then(|member| environment.workloads.get(member.workload));
            row.push(workload.map_or_else(|| "-".to_owned(), cell));
        }
        // A tenant has a row of its own only where it runs something else than the first one.
        let same =
            |other: &Vec<String>| other.first() == Some(&service.name) && other.get(1..) == row.get(1..);
        if tenant.is_none() || !rows.iter().any(same) {
            rows.push(row);
        }
    }
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count().min(*width)));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    for (environment, release) in ladder.releases() {
        let (Some(environment), Some(problem)) = (environment, release.problem()) else { continue };
        let name = release.name();
        writeln!(out, "what the release `{name}` runs in {} is not known: {problem}", environment.name)?;
    }
    for ambiguity in &ladder.ambiguous {
        let environment = ladder.environments.get(ambiguity.environment);
        let workload = environment.and_then(|environment| environment.workloads.get(ambiguity.workload));
        let (Some(environment), Some(workload)) = (environment, workload) else { continue };
        let candidates: Vec<String> =
            ambiguity.candidates.iter().map(|candidate| format!("`{candidate}`")).collect();
        writeln!(
            out,
            "`{}.{}` may be {}, by {}; say which with `same-as`",
            environment.name,
            workload.name,
            candidates.join(" or "),
            ambiguity.why
        )?;
    }
    Ok(())
}

/// Kind, image and number of a workload in short.
fn cell(workload: &Workload) -> String {
    let container = workload.main();
    let mut shown = match container.and_then(|container| container.image.as_ref()) {
        Some(image) => image_in_short(image),
        None if container.is_some_and(|container| container.build.is_some()) => "built here".to_owned(),
        None => "?".to_owned(),
    };
    let number = |known: Option<&u32>| known.map_or("?".to_owned(), u32::to_string);
    let replicas = &workload.replicas;
    let count = match (&replicas.most, replicas.least.known()) {
        (Some(most), least) => format!(" ×{}–{}", number(least), number(most.known())),
        (None, Some(1) | None) => String::new(),
        (None, Some(count)) => format!(" ×{count}"),
    };
    shown.push_str(&count);
    shown
}

/// The image without its registry, `?` for what is not known.
fn image_in_short(image: &Image) -> String {
    let name = image.repository().unwrap_or("?").to_owned();
    match (&image.tag, &image.digest) {
        (Known::Known(Some(tag)), _) => format!("{name}:{tag}"),
        (Known::Known(None), Some(_)) => format!("{name}@…"),
        (Known::Known(None), None) => name,
        (Known::Unknown(_), _) => format!("{name}:?"),
    }
}
