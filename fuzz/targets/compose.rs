//! A Compose project of any files: interpolation, `.env`, includes, extensions, and what is printed of it.

#![no_main]

use plimsoll::compose;
use plimsoll::compose::Environment;
use plimsoll::compose::Mode;
use plimsoll::compose::Options;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let files = plimsoll_fuzz::files(data);
    let mut environment = Environment::new();
    environment.set("SET", "value", None);
    environment.set("EMPTY", "", None);
    for mode in [Mode::Run, Mode::Check] {
        let sources = plimsoll_fuzz::sources(&files);
        let options = Options {
            mode,
            profiles: vec!["*".to_owned()],
            environment: environment.clone(),
            home: Some("/home".to_owned()),
            ..Options::default()
        };
        let loaded = compose::load(&sources, &options);
        for problem in &loaded.problems {
            assert!(!problem.message.is_empty());
            let related = problem.related.iter().map(|label| label.span);
            problem
                .span
                .into_iter()
                .chain(related)
                .for_each(|span| plimsoll_fuzz::assert_inside(&sources, span));
        }
        let Some(project) = loaded.project else { continue };
        let _printed = (compose::json(&project), compose::yaml(&project));
        for service in project.services() {
            let _read = (service.image(), service.checks_health());
            service.ports().for_each(|port| {
                let _ports = (port.published_range(), port.target_port());
            });
            let _parts =
                (service.environment().count(), service.mounts().count(), service.dependencies().count());
        }
    }
});
