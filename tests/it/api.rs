//! What programs that use the library count on.

use crawlint::{Origin, Scanner};

use crate::{ARTICLE, BINARY, advertised};

#[test]
fn a_scanner_is_shared_by_threads_and_gives_each_the_same() {
    fn shared<T: Send + Sync + 'static>(_: &T) {}

    let scanner = Scanner::new().unwrap();
    shared(&scanner);
    let pages = [ARTICLE.to_vec(), advertised(), BINARY.to_vec(), Vec::new()];
    let records: Vec<(Origin, Vec<u8>)> = (0..200)
        .map(|n| (Origin::path(format!("{n}.txt")), pages[n % pages.len()].clone()))
        .collect();
    let one_by_one: Vec<_> =
        records.iter().map(|(origin, bytes)| scanner.scan(bytes, origin)).collect();
    assert_eq!(scanner.scan_all(&records), one_by_one);
    assert_eq!(one_by_one[199].source.path, "199.txt");
}
