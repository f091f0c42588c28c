//! `plimsoll why`: the lines behind a value, as people read them.

use std::path::Path;

fn why(wanted: &str) -> (u8, String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/docutag");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["plimsoll", "why", "production", wanted, "--in", folder.to_str().unwrap()];
    let exit = plimsoll::cli::run(arguments, &mut out, &mut err);
    (exit.code(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[test]
fn a_value_of_a_rendered_object_names_its_template_its_values_lines_and_what_they_overrode() {
    let (code, out, err) =
        why("Deployment/docutag-demo-controller spec.template.spec.containers[controller].image");
    assert_eq!((code, err.as_str()), (0, ""));
    insta::assert_snapshot!(out, @r#"
    Deployment/docutag-demo-controller spec.template.spec.containers[controller].image of release docutag-demo = "ghcr.io/docutag-example/controller:1.9.0"
      printed by    chart/templates/controller.yaml:23:18  image: "{{ .Values.global.registry }}/controller:{{ .Values.global.imageVersion }}"
      decides       chart/values.yaml:4:13                 registry: ghcr.io/docutag-example
      overridden    chart/values.yaml:5:17                 imageVersion: "1.8.2"
      decides       chart/values-production.yaml:3:17      imageVersion: "1.9.0"
    "#);
}

#[test]
fn text_that_a_condition_let_through_names_the_condition() {
    let (code, out, _) = why("NetworkPolicy/docutag-isolation kind");
    assert_eq!(code, 0);
    assert!(out.contains("on condition  "), "{out}");
    assert!(out.contains("isolation: true"), "{out}");
}

#[test]
fn an_object_that_no_release_has_is_answered_with_those_there_are() {
    let (code, out, err) = why("NetworkPolicy/nope spec");
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("no release of `production` has a value `NetworkPolicy/nope spec`\n"), "{err}");
    assert!(err.contains("`NetworkPolicy/docutag-isolation`"), "{err}");
}
