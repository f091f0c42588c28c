//! Any text, as YAML, in every dialect: the laws of events and trees.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    plimsoll_fuzz::check_yaml(&String::from_utf8_lossy(data));
});
