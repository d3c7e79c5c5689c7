#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| crawlint_fuzz::bounded(
    crawlint_fuzz::targets::rule_pack,
    bytes
));
