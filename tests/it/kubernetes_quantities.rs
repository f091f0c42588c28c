//! Quantities, durations, names and versions, as Kubernetes reads them.

use plimsoll::kubernetes::IntOrString;
use plimsoll::kubernetes::Minor;
use plimsoll::kubernetes::Quantity;
use plimsoll::kubernetes::QuantityError;
use plimsoll::kubernetes::Rounding;
use plimsoll::kubernetes::duration;
use plimsoll::kubernetes::names;
use proptest::prelude::ProptestConfig;
use proptest::prop_assert;
use proptest::prop_assert_eq;
use proptest::proptest;

#[test]
fn quantities_are_read_to_thousandths_and_units_rounded_up() {
    let cases = [
        ("0", 0, 0),
        ("1", 1_000, 1),
        ("500m", 500, 1),
        ("1.5", 1_500, 2),
        (".5", 500, 1),
        ("1.", 1_000, 1),
        ("+2", 2_000, 2),
        ("-1500m", -1_500, -1),
        ("0.0001", 1, 1),
        ("1n", 1, 1),
        ("1500u", 2, 1),
        ("1k", 1_000_000, 1_000),
        ("1Ki", 1_024_000, 1_024),
        ("128Mi", 134_217_728_000, 134_217_728),
        ("1.5Gi", 1_610_612_736_000, 1_610_612_736),
        ("2e3", 2_000_000, 2_000),
        ("2E3", 2_000_000, 2_000),
        ("1E", i64::MAX, 1_000_000_000_000_000_000),
        ("12e-1", 1_200, 2),
        ("9999999999999999999999", i64::MAX, i64::MAX),
        ("1e999999999999", i64::MAX, i64::MAX),
        ("1e-999999999999", 1, 1),
        ("0e999999999999", 0, 0),
        ("8Ei", i64::MAX, i64::MAX),
        ("0.000000000000000000000000000000000000000001Gi", 1, 1),
    ];
    for (text, millis, value) in cases {
        let quantity = Quantity::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((quantity.millis(), quantity.value()), (millis, value), "{text}");
    }
}

#[test]
fn what_is_no_quantity_is_refused() {
    for text in ["", "m", "-", ".", "Mi", "abc", "1..2", " 1"] {
        assert_eq!(Quantity::parse(text), Err(QuantityError::Number), "{text}");
    }
    for text in
        ["1 ", "8GB", "100MB", "1K", "1ki", "1mi", "512mb", "1e", "1e+", "1e1.5", "1_000", "0x10", "1 Gi"]
    {
        assert_eq!(Quantity::parse(text), Err(QuantityError::Unit), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whole_quantities_are_themselves(number in 0_i64..1_000_000_000) {
        let plain = Quantity::parse(&number.to_string()).unwrap();
        prop_assert_eq!(plain.value(), number);
        prop_assert_eq!(Quantity::parse(&format!("{number}m")).unwrap().millis(), number);
        prop_assert_eq!(Quantity::parse(&format!("{number}Ki")).unwrap().value(), number * 1_024);
        prop_assert_eq!(plain.plus(plain), plain.times(2));
        let half_more = Quantity::parse(&format!("{number}.5")).unwrap();
        prop_assert!(plain <= half_more);
    }

    #[test]
    fn no_text_breaks_the_reading_of_quantities(text in "[-+]?[0-9.]{0,40}[eEinumkKMGTP]{0,3}[-+0-9]{0,30}") {
        let _read = Quantity::parse(&text);
        let _read = duration::nanoseconds(&text);
    }
}

#[test]
fn durations_are_read_as_go_does() {
    let cases =
        [("0", 0), ("30s", 30_000_000_000), ("1h30m", 5_400_000_000_000), ("1.5h", 5_400_000_000_000)];
    for (text, nanoseconds) in cases {
        assert_eq!(duration::nanoseconds(text), Ok(nanoseconds), "{text}");
    }
    assert_eq!(duration::nanoseconds("-10ms"), Ok(-10_000_000));
    for text in ["", "30", "1d", "s", "1 h", "999999999999h", ".s"] {
        assert!(duration::nanoseconds(text).is_err(), "{text}");
    }
}

#[test]
fn names_are_judged_as_kubernetes_judges_them() {
    assert!(names::subdomain("my.app-1").is_ok());
    for wrong in ["", "My", "a_b", "-a", "a-", "a..b", &"a".repeat(254)] {
        assert!(names::subdomain(wrong).is_err(), "{wrong}");
    }
    assert!(names::label("1a").is_ok() && names::service("1a").is_err() && names::label("a.b").is_err());
    assert!(names::port("http").is_ok() && names::port("web-1").is_ok());
    for wrong in ["", "80", "a--b", "-a", "a-very-long-port-name", "Http"] {
        assert!(names::port(wrong).is_err(), "{wrong}");
    }
    assert!(names::qualified("app.kubernetes.io/name").is_ok() && names::qualified("App_1.x").is_ok());
    for wrong in ["", "/name", "a/", "a/b/c", "-x", "Example.com/name"] {
        assert!(names::qualified(wrong).is_err(), "{wrong}");
    }
    assert!(names::label_value("").is_ok() && names::label_value("v1.2_x").is_ok());
    assert!(names::label_value("a b").is_err() && names::label_value(&"a".repeat(64)).is_err());
}

#[test]
fn percentages_of_pods_are_rounded_as_their_field_asks() {
    let half = IntOrString::String("50%".into());
    assert_eq!((half.of(3, Rounding::Up), half.of(3, Rounding::Down)), (Some(2), Some(1)));
    assert_eq!(IntOrString::Int(4).of(3, Rounding::Up), Some(4));
    assert_eq!(IntOrString::String("http".into()).of(3, Rounding::Up), None);
}

#[test]
fn minors_are_read_from_whole_versions() {
    for text in ["1.34", "v1.34", "1.34.2", "v1.34.1+k3s1", "1.34-gke.1"] {
        assert_eq!(Minor::parse(text), Ok(Minor(34)), "{text}");
    }
    for text in ["", "1", "2.0", "1.x", "1.34x", "latest"] {
        assert!(Minor::parse(text).is_err(), "{text}");
    }
    assert_eq!(Minor(20).nearest_known(), Minor::OLDEST);
    assert_eq!(Minor(99).nearest_known(), Minor::NEWEST);
}
