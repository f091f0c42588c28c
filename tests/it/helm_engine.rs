//! The template engine: expressions with Helm's real answers, origins through every function, limits.

use std::collections::BTreeMap;

use plimsoll::helm::HelmVersion;
use plimsoll::helm::eval;
use plimsoll::helm::eval::Case;
use plimsoll::helm::text::Text;
use plimsoll::source::SourceMap;

fn case(template: &str, values: &str) -> Case {
    Case { template: template.to_owned(), values: values.to_owned(), ..Case::default() }
}

fn render(template: &str, values: &str) -> Result<String, String> {
    let case = case(template, values);
    let text = eval::evaluate(&case, &eval::sources(&case)).map_err(|problem| problem.message)?;
    Ok(text.to_str().into_owned())
}

#[test]
fn expressions_render_as_helm_renders_them() {
    let cases = std::fs::read_to_string("fixtures/conformance/helm.jsonl").unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in cases.lines() {
        let wanted: serde_json::Value = serde_json::from_str(line).unwrap();
        let case: Case = serde_json::from_str(line).unwrap();
        count += 1;
        let got = eval::evaluate(&case, &eval::sources(&case));
        let fits = match (&got, wanted.get("error").and_then(|error| error.as_str())) {
            (Err(_), Some(_)) => true,
            (Ok(text), None) => wanted["want"].as_str() == Some(&*text.to_str()),
            _ => false,
        };
        if !fits {
            wrong.push(format!("{}: {} gives {got:?}", case.id, case.template));
        }
    }
    assert!(count > 2_600, "only {count} cases were read");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn expressions_render_as_helm_four_renders_them() {
    let cases = std::fs::read_to_string("fixtures/conformance/helm.jsonl").unwrap();
    let mut wrong = Vec::new();
    let mut differing = 0;
    for line in cases.lines() {
        let recorded: serde_json::Value = serde_json::from_str(line).unwrap();
        let mut case: Case = serde_json::from_str(line).unwrap();
        case.helm = HelmVersion::Four;
        let differs = ["helm4_want", "helm4_error"].into_iter().any(|key| recorded.get(key).is_some());
        differing += usize::from(differs);
        let (want, error) = if differs { ("helm4_want", "helm4_error") } else { ("want", "error") };
        let got = eval::evaluate(&case, &eval::sources(&case));
        let place = |text: &str| text.split(":\n").next().map(str::to_owned);
        let fits = match (&got, recorded.get(error).and_then(|error| error.as_str())) {
            // The words of a failing parser are its own.
            (Err(problem), Some(told)) => {
                !told.contains("\n  executing") || place(&problem.message) == place(told)
            }
            (Ok(text), None) => recorded[want].as_str() == Some(&*text.to_str()),
            _ => false,
        };
        if !fits {
            wrong.push(format!("{}: {} gives {got:?}", case.id, case.template));
        }
    }
    assert!(differing >= 200, "only {differing} cases differ between the two");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn helm_four_has_functions_that_helm_three_has_not() {
    let table = [
        (r#"{{ mustToDuration "1h30m" }}|{{ typeOf (mustToDuration 90) }}"#, "1h30m0s|time.Duration"),
        (r#"{{ durationSeconds "1h" }}|{{ durationSeconds 2.5 }}|{{ durationSeconds "x" }}"#, "3600|2.5|0"),
        (
            r#"{{ durationMilliseconds "1.5s" }}|{{ durationMicroseconds 1 }}|{{ durationNanoseconds "1us" }}"#,
            "1500|1000000|1000",
        ),
        (
            r#"{{ durationMinutes "90s" }}|{{ durationHours "90m" }}|{{ durationDays "36h" }}|{{ durationWeeks "84h" }}"#,
            "1.5|1.5|1.5|0.5",
        ),
        (
            r#"{{ durationRoundTo "2h13m" "30m" }}|{{ durationTruncateTo "2h13m" "1h" }}|{{ durationRoundTo "5s" "x" }}"#,
            "2h0m0s|2h0m0s|5s",
        ),
        (r#"{{ durationRoundTo "-90s" "1m" }}|{{ durationTruncateTo "-90s" "1m" }}"#, "-2m0s|-1m0s"),
        (r#"{{ mustToYaml (dict "a" 1) }}|{{ mustToToml (dict "a" 1) }}"#, "a: 1|a = 1\n"),
    ];
    for (template, wanted) in table {
        let four = Case { helm: HelmVersion::Four, ..case(template, "") };
        let rendered = eval::evaluate(&four, &eval::sources(&four)).unwrap();
        assert_eq!(rendered.to_str(), wanted, "{template}");
        assert!(render(template, "").unwrap_err().contains("not defined"), "{template}");
    }
    let failing = Case { helm: HelmVersion::Four, ..case(r#"{{ mustToDuration "x" }}"#, "") };
    assert!(eval::evaluate(&failing, &eval::sources(&failing)).is_err());
}

#[test]
fn regular_expressions_are_read_and_matched_as_go_does() {
    let cases = [
        (r#"{{ regexMatch "^[\\w-\\.]+$" "my-name.x" }}"#, "true"),
        (r#"{{ regexFind "[a-c-e]+" "xb-e" }}|{{ regexFind "[+--]+" "1,-+" }}"#, "b-e|,-+"),
        (
            r#"{{ regexMatch "[b-a]" "b" }}|{{ regexMatch "[a--]" "-" }}|{{ regexMatch "[\\d-z]" "-" }}"#,
            "false|false|true",
        ),
        (
            r#"{{ regexMatch "[a-\\d]" "a" }}|{{ regexMatch "[]a]" "]" }}|{{ regexMatch "[^]a]" "b" }}"#,
            "false|true|true",
        ),
        (
            r#"{{ regexMatch "\\<a" "<a" }}|{{ regexMatch "a\\ b" "a b" }}|{{ regexMatch "[[:foo:]]" "f" }}"#,
            "true|true|false",
        ),
        (r#"{{ regexMatch "[\\x41-\\x{43}]" "B" }}|{{ regexMatch "[\\101-\\103]" "B" }}"#, "true|true"),
        (
            r#"{{ regexReplaceAll "x*" "éa" "-" }}|{{ regexFindAll "" "é" -1 | len }}|{{ regexMatch "\\C" "a" }}"#,
            "-é-a-|2|false",
        ),
        (r#"{{ regexMatch "(?x) a" "a" }}|{{ regexMatch "(?i)A(?-i:b)" "ab" }}"#, "false|true"),
    ];
    for (template, wanted) in cases {
        assert_eq!(render(template, "").as_deref(), Ok(wanted), "{template}");
    }
}

#[test]
fn times_have_the_methods_that_templates_call() {
    let table = [
        (".AddDate 0 1 1", "2024-03-30 13:04:05 +0000 UTC"),
        (".AddDate 1 0 0", "2025-03-01 13:04:05 +0000 UTC"),
        (".AddDate 0 -3 -29", "2023-10-31 13:04:05 +0000 UTC"),
        (".Truncate 3600000000000", "2024-02-29 13:00:00 +0000 UTC"),
        (".Truncate 0", "2024-02-29 13:04:05 +0000 UTC"),
        (".Compare (toDate \"2006-01-02\" \"2024-07-01\")", "-1"),
    ];
    for (call, wanted) in table {
        let template = format!(
            "{{{{ $t := toDate \"2006-01-02T15:04:05Z07:00\" \"2024-02-29T13:04:05Z\" }}}}{{{{ $t{call} }}}}"
        );
        assert_eq!(render(&template, "").as_deref(), Ok(wanted), "{call}");
    }
}

#[test]
fn what_the_recorded_cases_leave_out_is_as_helm_has_it() {
    let cases = [
        (
            r#"{{ printf "%x|%X|%.3x|%x" 31415.9 0.1 123.5 0.0 }}"#,
            "0x1.eadf99999999ap+14|0X1.999999999999AP-04|0x1.ee0p+06|0x0p+00",
        ),
        (
            r#"{{ b32dec "MZXW6====" }}|{{ b32dec "MZXW6" }}|{{ b32dec "MZXW6YTB" }}"#,
            "foo|illegal base32 data at input byte 0|fooba",
        ),
        (
            r#"{{ merge nil | toYaml }}|{{ merge nil (dict) | toYaml }}|{{ merge nil (dict "a" 1) | toYaml }}"#,
            "null|{}|a: 1",
        ),
        (r#"{{ fromToml "%x" }}"#, "map[Error:toml: line 1: expected '.' or '=', but got '%' instead]"),
        (
            r#"{{ fromToml "[a" }}"#,
            r"map[Error:toml: line 1: expected '.' or ']' to end table name, but got '\x00' instead]",
        ),
        (r#"{{ fromToml "=1" }}"#, "map[Error:toml: line 1: unexpected '=': key name appears blank]"),
        // Helm reads the first document, which ends where its value is complete.
        (r#"{{ fromYaml "a: 1\n---\n]" }}|{{ fromYamlArray "[a] b" }}"#, "map[a:1]|[a]"),
    ];
    for (template, wanted) in cases {
        assert_eq!(render(template, "").as_deref(), Ok(wanted), "{template}");
    }
}

#[test]
fn errors_name_the_place_and_the_cause_as_helm_does() {
    let table = [
        (
            "{{ .Values.a.b.c }}",
            "template: c/templates/t.yaml:1:10: executing \"c/templates/t.yaml\" at <.Values.a.b.c>: nil pointer \
             evaluating interface {}.b",
        ),
        (
            "\n  {{ upper 1 }}",
            "template: c/templates/t.yaml:2:11: executing \"c/templates/t.yaml\" at <1>: expected string; found 1",
        ),
        ("{{ required \"give a\" .Values.a }}", "execution error at (c/templates/t.yaml:1:3): give a"),
        ("a\n{{ if }}", "parse error at (c/templates/t.yaml:2): missing value for if"),
        ("{{ nope }}", "parse error at (c/templates/t.yaml:1): function \"nope\" not defined"),
    ];
    for (template, message) in table {
        assert_eq!(render(template, "").unwrap_err(), message, "{template}");
    }
}

#[test]
fn the_place_of_an_error_ends_with_a_whole_character() {
    let case = case("{{ .CaPabilities.APIVersions.Has \"admission\u{fffd}egistration.k8s.io/v1\" }}", "");
    let sources = eval::sources(&case);
    let place = eval::evaluate(&case, &sources).unwrap_err().place.unwrap();
    assert!(sources.get(place.source).unwrap().text.get(place.range()).is_some(), "{place:?}");
}

#[test]
fn bombs_are_refused_with_a_message_and_in_time() {
    let nested = format!("{{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000));
    let blocks = "{{ if 1 }}".repeat(5_000) + &"{{ end }}".repeat(5_000);
    let doubled = "{{ $x := list 1 }}{{ range until 60 }}{{ $x = list $x $x }}{{ end }}";
    let table = [
        "{{ repeat 1000000000 \"x\" }}".to_owned(),
        "{{ until 1000000000 }}".to_owned(),
        "{{ seq 1 1000000000 }}".to_owned(),
        "{{ range until 1000000 }}{{ range until 1000000 }}{{ add 1 1 }}{{ end }}{{ end }}".to_owned(),
        "{{ range int 1e15 }}x{{ end }}".to_owned(),
        "{{ define \"r\" }}{{ include \"r\" . }}{{ end }}{{ include \"r\" . }}".to_owned(),
        "{{ define \"r\" }}{{ template \"r\" . }}{{ end }}{{ template \"r\" . }}".to_owned(),
        "{{ define \"a\" }}{{ include \"b\" . }}{{ end }}{{ define \"b\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}"
            .to_owned(),
        "{{ $t := \"{{ tpl .t . }}\" }}{{ tpl $t (dict \"t\" $t) }}".to_owned(),
        format!("{doubled}{{{{ $x }}}}"),
        format!("{doubled}{{{{ toYaml $x }}}}"),
        format!("{doubled}{{{{ toJson $x }}}}"),
        format!("{doubled}{{{{ deepCopy $x | len }}}}"),
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ toYaml $d }}".to_owned(),
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ deepCopy $d | len }}".to_owned(),
        "{{ indent 100000000 \"a\\nb\" }}".to_owned(),
        "{{ printf \"%1000000000d\" 1 }}{{ fail \"reached\" }}".to_owned(),
        nested,
        blocks,
    ];
    for template in table {
        let start = std::time::Instant::now();
        let shown: String = template.chars().take(120).collect();
        assert!(render(&template, "").is_err(), "{shown}");
        assert!(start.elapsed().as_secs() < 60, "{shown} takes {:?}", start.elapsed());
    }
}

#[test]
fn deep_values_are_dropped_and_shown_without_overflow() {
    let deep = "{{ $d := dict }}{{ $at := $d }}{{ range until 20000 }}{{ $n := dict }}{{ $_ := set $at \"n\" $n }}\
                {{ $at = $n }}{{ end }}{{ len $d }}";
    assert_eq!(render(deep, "").unwrap(), "1");
    let nested = "{{ $l := list }}{{ range until 20000 }}{{ $l = list $l }}{{ end }}{{ len $l }}";
    assert_eq!(render(nested, "").unwrap(), "1");
}

#[test]
fn what_hangs_on_chance_or_time_is_a_stable_unknown() {
    for call in [
        "randAlphaNum 8",
        "randInt 1 9",
        "uuidv4",
        "now | date \"2006\"",
        "htpasswd \"a\" \"b\"",
        "genPrivateKey \"rsa\"",
        "(genCA \"ca\" 365).Cert",
        "((lookup \"v1\" \"Secret\" \"ns\" \"s\").data).x | default \"d\"",
        "randAlphaNum 8 | b64enc | quote",
        "ternary \"a\" \"b\" (empty (lookup \"v1\" \"Secret\" \"ns\" \"s\"))",
    ] {
        let case = case(&format!("k: {{{{ {call} }}}}"), "");
        let one = eval::evaluate(&case, &eval::sources(&case)).unwrap();
        let two = eval::evaluate(&case, &eval::sources(&case)).unwrap();
        assert_eq!(one, two, "{call} differs from run to run");
        assert!(one.origins_in(3..one.len()).why_unknown().is_some(), "{call} is not unknown");
        assert!(one.origins_in(0..2).why_unknown().is_none(), "text before {call} is unknown");
    }
}

/// The values file's texts behind the first place where `needle` stands in what was rendered.
fn behind(text: &Text, sources: &SourceMap, needle: &str) -> Vec<String> {
    let shown = text.to_str();
    let at = shown.find(needle).unwrap_or_else(|| panic!("no {needle} in {shown}"));
    text.origins_in(at..at + needle.len()).iter().map(|origin| sources.slice(origin.span)).collect()
}

const VALUES: &str = "\
image: {repo: registry.example/app, tag: v7}
labels: {team: blue, tier: web}
list: [first, second]
text: \"has {{ .Values.image.tag }} inside\"
block: |
  line one
  line two
port: 8080
flag: true
empty: \"\"
";

#[test]
fn a_value_keeps_its_line_through_every_function_that_passes_it_on() {
    let table: [(&str, &str, &[&str]); 34] = [
        ("{{ .Values.image.tag }}", "v7", &["v7"]),
        ("a {{ .Values.image.tag | quote }} b", "v7", &["v7"]),
        ("{{ .Values.image.tag | squote }}", "v7", &["v7"]),
        ("{{ .Values.image.tag | default \"x\" }}", "v7", &["v7"]),
        ("{{ default .Values.image.tag .Values.empty }}", "v7", &["v7"]),
        ("{{ coalesce .Values.empty .Values.nope .Values.image.tag }}", "v7", &["v7"]),
        ("{{ required \"m\" .Values.image.tag }}", "v7", &["v7"]),
        ("{{ ternary .Values.image.tag \"y\" .Values.flag }}", "v7", &["v7"]),
        ("{{ printf \"%s:%s\" .Values.image.repo .Values.image.tag }}", "v7", &["v7"]),
        (
            "{{ printf \"%s:%s\" .Values.image.repo .Values.image.tag }}",
            "registry.example/app",
            &["registry.example/app"],
        ),
        ("{{ print .Values.image.repo \":\" .Values.image.tag }}", "v7", &["v7"]),
        ("{{ toYaml .Values.image | nindent 4 }}", "v7", &["v7"]),
        ("{{ toYaml .Values.image | indent 2 }}", "repo", &["repo"]),
        ("{{ toYaml .Values.labels | trim | nindent 2 }}", "blue", &["blue"]),
        ("{{ toYamlPretty .Values.list }}", "second", &["second"]),
        ("{{ toJson .Values.labels }}", "web", &["web"]),
        ("{{ toYaml .Values.port }}", "8080", &["8080"]),
        ("{{ .Values.port | int }}", "8080", &["8080"]),
        ("{{ .Values.flag }}", "true", &["true"]),
        ("{{ with .Values.image }}{{ .tag }}{{ end }}", "v7", &["v7"]),
        ("{{ range .Values.list }}- {{ . }}\n{{ end }}", "second", &["second"]),
        ("{{ range $k, $v := .Values.labels }}{{ $k }}={{ $v }};{{ end }}", "web", &["web"]),
        ("{{ range $k, $v := .Values.labels }}{{ $k }}={{ $v }};{{ end }}", "tier", &["tier"]),
        (
            "{{ define \"i\" }}x-{{ .Values.image.tag }}{{ end }}{{ include \"i\" . | nindent 2 }}",
            "v7",
            &["v7"],
        ),
        (
            "{{ define \"i\" }}{{ .tag | upper | lower }}{{ end }}{{ template \"i\" .Values.image }}",
            "v7",
            &["v7"],
        ),
        ("{{ tpl \"{{ .Values.image.tag }}\" . }}", "v7", &["v7"]),
        ("{{ (fromYaml (toYaml .Values.image)).tag }}", "v7", &["v7"]),
        ("{{ (fromJson (toJson .Values.image)).tag }}", "v7", &["v7"]),
        ("{{ merge (dict \"a\" 1) .Values.image | toYaml }}", "v7", &["v7"]),
        ("{{ (deepCopy .Values.image).tag | trimSuffix \"x\" | trunc 63 }}", "v7", &["v7"]),
        ("{{ join \",\" .Values.list }}", "second", &["second"]),
        ("{{ .Values.block | indent 2 }}", "line two", &["|\n  line one\n  line two\n"]),
        ("{{ pick .Values.labels \"team\" | toYaml }}", "blue", &["blue"]),
        ("{{ dig \"image\" \"tag\" \"none\" .Values.AsMap }}", "v7", &["v7"]),
    ];
    for (template, needle, wanted) in table {
        let case = case(template, VALUES);
        let sources = eval::sources(&case);
        let text = eval::evaluate(&case, &sources).unwrap();
        let found: Vec<String> = behind(&text, &sources, needle);
        let found: Vec<&str> = found.iter().map(|one| one.trim_end()).collect();
        let wanted: Vec<&str> = wanted.iter().map(|one| one.trim_end()).collect();
        assert_eq!(found, wanted, "{template}");
    }
}

#[test]
fn a_function_that_mixes_names_all_values_and_plain_text_names_none() {
    let case = case(
        "sum: {{ printf \"%s%s\" .Values.image.repo .Values.image.tag | sha256sum }}\nkind: Service\n",
        VALUES,
    );
    let sources = eval::sources(&case);
    let text = eval::evaluate(&case, &sources).unwrap();
    assert_eq!(text.origins_in(5..69).iter().count(), 2);
    assert!(behind(&text, &sources, "Service").is_empty());
    let mark = text.mark_at(0).unwrap();
    assert_eq!(sources.slice(mark.template.unwrap()), "sum:");
}

#[test]
fn rendered_text_names_the_template_and_the_calls_that_led_to_it() {
    let case = Case {
        template: "a: {{ include \"help\" . }}\n".to_owned(),
        files: BTreeMap::from([(
            "templates/_help.tpl".to_owned(),
            "{{ define \"help\" }}x{{ .Values.image.tag }}{{ end }}".to_owned(),
        )]),
        values: VALUES.to_owned(),
        ..Case::default()
    };
    let sources = eval::sources(&case);
    let text = eval::evaluate(&case, &sources).unwrap();
    assert_eq!(text.to_str(), "a: xv7\n");
    let mark = text.mark_at(4).unwrap();
    assert_eq!(sources.slice(mark.template.unwrap()), "{{ .Values.image.tag }}");
    let calls: Vec<String> = mark.trail.calls().map(|span| sources.slice(span)).collect();
    assert_eq!(calls, ["{{ include \"help\" . }}"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_a_template_or_an_error(text in "(\\{\\{|\\}\\}|[-a-z .|()\"$:=0-9]|if|end|range|with|define|else|\n){0,40}") {
        let _rendered = render(&text, "a: 1\nb: {c: d}\n");
    }

    #[test]
    fn scalars_come_back_from_yaml_as_they_went_in(text in "\\PC{0,100}") {
        let values = format!("v: {}\n", serde_json::to_string(&text).unwrap());
        let back = render("{{ eq .Values.v (fromYaml (toYaml (dict \"k\" .Values.v))).k }}", &values);
        proptest::prop_assert_eq!(back, Ok("true".to_owned()));
    }

    #[test]
    fn every_rendered_scalar_of_a_value_claims_its_line(
        items in proptest::collection::btree_map("k[a-z]{1,8}", "v[a-zA-Z0-9:# '\"-]{0,90}", 1..6),
        width in 0_usize..9,
    ) {
        claims_its_line(&items, width);
    }
}

/// Every byte of a key and of a value that `toYaml | nindent` prints is claimed by that key and that value alone.
fn claims_its_line(items: &BTreeMap<String, String>, width: usize) {
    let mut values = String::from("m:\n");
    for (key, item) in items {
        values.push_str(&format!("  {key}: {}\n", serde_json::to_string(item).unwrap()));
    }
    let case = case(&format!("{{{{ toYaml .Values.m | nindent {width} }}}}"), &values);
    let sources = eval::sources(&case);
    let text = eval::evaluate(&case, &sources).unwrap();
    let shown = text.to_str().into_owned();
    let behind = |range| {
        let origins = text.origins_in(range);
        origins.iter().map(|origin| sources.slice(origin.span)).collect::<Vec<String>>()
    };
    // A key begins a line at its indentation; what a long value continues on stands further in.
    let lines = format!("\n{}", " ".repeat(width));
    let start = |key: &String| shown.find(&format!("{lines}{key}: ")).unwrap() + lines.len();
    let starts: Vec<usize> = items.keys().map(start).collect();
    let ends = starts.iter().skip(1).map(|next| next - lines.len()).chain([shown.len()]);
    for (((key, item), start), end) in items.iter().zip(&starts).zip(ends) {
        let key_end = start + key.len();
        assert_eq!(behind(*start..key_end), [key.as_str()], "{shown}");
        let written = serde_json::to_string(item).unwrap();
        for at in key_end + 2..end {
            assert_eq!(behind(at..at + 1), [written.as_str()], "byte {at} of {shown}");
        }
    }
}

#[test]
fn keys_that_end_alike_claim_their_own_lines() {
    for names in [["kaki", "ki"], ["kkv", "kv"], ["ka", "kaa"]] {
        let items = names.map(|name| (name.to_owned(), "v".to_owned())).into_iter().collect();
        claims_its_line(&items, 0);
    }
}
