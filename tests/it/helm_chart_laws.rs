//! Whatever is read as a chart, an archive or a `--set` argument: an answer, never a panic.

use std::path::Path;

use plimsoll::helm::Chart;
use plimsoll::helm::Layers;
use plimsoll::helm::Release;
use plimsoll::helm::SettingKind;
use plimsoll::helm::chart::pattern;
use plimsoll::source::Files;
use plimsoll::source::SourceMap;
use proptest::prelude::*;

const KINDS: [SettingKind; 5] =
    [SettingKind::Set, SettingKind::String, SettingKind::Json, SettingKind::File, SettingKind::Literal];

/// The pattern by trying everything: slow, and plainly right for patterns of `*`, `?` and letters.
fn plainly(pattern: &[char], name: &[char]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => {
            plainly(rest, name)
                || name.split_first().is_some_and(|(first, left)| *first != '/' && plainly(pattern, left))
        }
        (Some(('?', rest)), Some((first, left))) => *first != '/' && plainly(rest, left),
        (Some((wanted, rest)), Some((first, left))) => wanted == first && plainly(rest, left),
        _ => false,
    }
}

proptest! {
    #[test]
    fn a_set_argument_is_read_or_refused_and_its_places_lie_in_it(
        argument in "[ab.\\[\\]0-9=,{}\\\\n\"é -]{0,24}",
        kind in 0..KINDS.len(),
    ) {
        let files = [("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n"), ("c/values.yaml", "a: {b: 1}\n")];
        let sources = SourceMap::new(Files::memory(files));
        let chart = Chart::load(&sources, Path::new("c")).unwrap();
        let mut release = Release::new("rel", "default", chart);
        let mut layers = Layers::default();
        layers.set(&sources, KINDS[kind], &argument);
        release.layers = layers;
        match release.values(&sources) {
            Ok(effective) => {
                for (_, member) in effective.values.members() {
                    for origin in member.value.origins().iter() {
                        let source = sources.get(origin.span.source).unwrap();
                        prop_assert!(source.text.get(origin.span.range()).is_some());
                    }
                }
            }
            Err(problem) => prop_assert!(!problem.message.is_empty()),
        }
    }

    #[test]
    fn a_chart_of_any_files_is_loaded_or_refused(
        chart in "(apiVersion: v[12]\n)?name: [a-z/]{1,3}\nversion: [0-9a-z.]{1,5}\n(dependencies: .{0,20}\n)?(keywords: .{0,8})?",
        values in ".{0,60}",
        ignore in "[!*/a-z\\[\\]\\\\?.\n-]{0,20}",
        name in "(charts/|templates/|crds/)?[a-z_.]{1,6}(/Chart.yaml|.tgz|.yaml)?",
    ) {
        let files = [
            ("c/Chart.yaml".to_owned(), chart.into_bytes()),
            ("c/values.yaml".to_owned(), values.into_bytes()),
            ("c/.helmignore".to_owned(), ignore.into_bytes()),
            (format!("c/{name}"), b"name: x\nversion: 1.0.0\n".to_vec()),
        ];
        let sources = SourceMap::new(Files::memory(files));
        match Chart::load(&sources, Path::new("c")) {
            Ok(chart) => {
                let _values = Release::new("rel", "default", chart).values(&sources);
            }
            Err(problem) => {
                if let Some(place) = problem.place {
                    let source = sources.get(place.source).unwrap();
                    prop_assert!(source.text.get(place.range()).is_some());
                }
            }
        }
    }

    #[test]
    fn an_archive_of_any_bytes_is_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        bytes.splice(0..0, [0x1f, 0x8b, 0x08, 0]);
        let sources = SourceMap::new(Files::memory([("c.tgz", bytes)]));
        prop_assert!(Chart::load(&sources, Path::new("c.tgz")).is_err());
    }

    #[test]
    fn patterns_match_what_trying_everything_matches(pattern in "[ab*?/]{0,8}", name in "[ab/]{0,8}") {
        let plain = plainly(&pattern.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>());
        prop_assert_eq!(pattern::matches(&pattern, &name), Ok(plain));
    }
}
