//! Test results as `JUnit` writes them: how many tests there are, and how many did not pass.

use quick_xml::Reader;
use quick_xml::events::BytesStart;
use quick_xml::events::Event;

/// So deep elements may lie in each other.
const DEEPEST: usize = 64;

/// What a report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Results {
    /// The name of the outermost suite that has one.
    pub(super) name: Option<String>,
    /// Every test case.
    pub(super) tests: u64,
    /// Those that were not run.
    pub(super) skipped: u64,
    /// The names of those that failed.
    pub(super) failed: Vec<String>,
    /// How many failures the suites count themselves.
    counted: u64,
}

impl Results {
    /// True where a test failed, or a suite says that one did.
    pub(super) fn has_failed(&self) -> bool {
        !self.failed.is_empty() || self.counted > 0
    }

    /// How many tests passed.
    pub(super) fn passed(&self) -> u64 {
        self.tests.saturating_sub(self.skipped)
    }
}

/// Reads a report. Entities other than those of XML itself are not expanded, and nothing outside is read.
pub(super) fn read(text: &str) -> Result<Results, String> {
    let mut reader = Reader::from_str(text);
    let mut results = Results::default();
    let mut open: Vec<String> = Vec::new();
    let mut case = String::new();
    let mut seen = false;
    loop {
        let event = reader.read_event();
        let event =
            event.map_err(|error| format!("it is no XML: {error} at byte {}", reader.error_position()))?;
        let (element, closed) = match event {
            Event::Start(element) => (element, false),
            Event::Empty(element) => (element, true),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let name = element.local_name().as_ref().to_owned();
        let inside = open.last().map(String::as_str);
        match name.as_str() {
            "testsuites" | "testsuite" => {
                seen = true;
                results.name = results.name.take().or_else(|| attribute(&element, "name"));
                for key in ["failures", "errors"] {
                    let count = attribute(&element, key).and_then(|count| count.trim().parse::<u64>().ok());
                    results.counted = results.counted.max(count.unwrap_or(0));
                }
            }
            "testcase" => {
                seen = true;
                results.tests += 1;
                case = attribute(&element, "name").unwrap_or_else(|| "a test without a name".to_owned());
            }
            "failure" | "error" if inside == Some("testcase") && results.failed.last() != Some(&case) => {
                results.failed.push(case.clone());
            }
            "skipped" if inside == Some("testcase") => results.skipped += 1,
            _ => {}
        }
        if !closed {
            open.push(name);
            if open.len() > DEEPEST {
                return Err(format!("its elements lie more than {DEEPEST} deep in each other"));
            }
        }
    }
    match (seen, open.is_empty()) {
        (false, _) => Err("it has no `testsuite`".to_owned()),
        (_, false) => Err("it ends before its last element is closed".to_owned()),
        _ => Ok(results),
    }
}

fn attribute(element: &BytesStart<'_>, key: &str) -> Option<String> {
    let found = element.try_get_attribute(key).ok()??;
    let text = quick_xml::escape::unescape(&found.value);
    let text = text.map_or_else(|_| found.value.clone().into_owned(), std::borrow::Cow::into_owned);
    Some(text).filter(|text| !text.is_empty())
}
