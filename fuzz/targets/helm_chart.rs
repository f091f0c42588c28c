//! A chart of any files, in a folder or packed, or any bytes as a packed chart: loaded, rendered, linted.
//!
//! The first byte says which: `p` packs the files, `t` takes what follows as an archive that is only to be compressed, `z`
//! as a whole packed chart; anything else is a folder.

#![no_main]

use std::io::Write as _;
use std::path::Path;

use plimsoll::helm::Chart;
use plimsoll::helm::HelmVersion;
use plimsoll::helm::Layers;
use plimsoll::helm::Release;
use plimsoll::helm::SettingKind;
use plimsoll::helm::capabilities::KubeVersion;
use plimsoll::helm::lint;
use plimsoll::helm::render::Printing;
use plimsoll::helm::render::print;
use plimsoll::source::SourceMap;

fn packed(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // A path that an archive cannot hold is left out.
        let _refused = archive.append_data(&mut header, path, bytes.as_slice());
    }
    archive.into_inner().unwrap_or_default()
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

fn work(sources: &SourceMap, path: &Path) {
    let inside = |problem: &plimsoll::helm::Problem| {
        assert!(!problem.message.is_empty());
        let related = problem.related.iter().map(|label| label.span);
        problem.place.into_iter().chain(related).for_each(|span| plimsoll_fuzz::assert_inside(sources, span));
    };
    let chart = match Chart::load(sources, path) {
        Ok(chart) => chart,
        Err(problem) => return inside(&problem),
    };
    let mut layers = Layers::default();
    layers.set(sources, SettingKind::Set, "set.by.flag=1,list[1]=x");
    let mut release = Release::new("rel", "default", chart);
    release.layers = layers.clone();
    match release.render(sources) {
        Ok(rendered) => {
            for manifest in rendered.all() {
                let place = manifest.tree.root().map(|root| root.span());
                place.into_iter().for_each(|place| drop(rendered.origin(place)));
            }
            let _printed = print(&rendered, &Printing::default());
        }
        Err(problem) => inside(&problem),
    }
    let options = lint::Options {
        helm: HelmVersion::default(),
        namespace: "default".to_owned(),
        kube_version: KubeVersion::default(),
        validate: true,
        deprecation: |_, _, _| None,
    };
    let _linted = lint::lint(sources, path, &layers, &options);
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    let bytes = match kind {
        b'p' => compressed(&packed(&plimsoll_fuzz::files(rest))),
        b't' => compressed(rest),
        b'z' => rest.to_vec(),
        _ => {
            let mut files = plimsoll_fuzz::files(rest);
            files.iter_mut().for_each(|(path, _)| path.insert_str(0, "c/"));
            return work(&plimsoll_fuzz::sources(&files), Path::new("c"));
        }
    };
    work(&plimsoll_fuzz::sources(&[("c.tgz".to_owned(), bytes)]), Path::new("c.tgz"));
});
