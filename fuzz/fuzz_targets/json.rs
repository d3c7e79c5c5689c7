#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| crawlint_fuzz::linear(
    crawlint_fuzz::targets::json,
    bytes,
    8
));
