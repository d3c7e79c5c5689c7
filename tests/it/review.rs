//! `crawlint review`: who may speak to the server, and what becomes of decisions.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::{Folder, crawlint};

/// A server that ends with the test, killed.
struct Server {
    child: Child,
    port: u16,
    token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn new(folder: &Folder) -> Self {
        Self::of(folder, "results.jsonl")
    }

    fn of(folder: &Folder, results: &str) -> Self {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("crawlint"))
            .current_dir(folder.path())
            .args(["review", results])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = lines.find_map(|line| {
            line.unwrap().trim().strip_prefix("http://127.0.0.1:").map(str::to_owned)
        });
        let url = url.expect("an address is printed");
        let (port, token) = url.split_once('/').unwrap();
        let token = token.trim_end_matches('/').to_owned();
        Self { child, port: port.parse().unwrap(), token }
    }

    /// Status and body of a request.
    fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nConnection: close\r\n").unwrap();
        for (name, value) in headers {
            write!(stream, "{name}: {value}\r\n").unwrap();
        }
        write!(stream, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), format!("{}\n{body}", head.to_lowercase()))
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.send("GET", &format!("/{}/{path}", self.token), &[("Host", &self.host())], "")
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let origin = format!("http://{}", self.host());
        let headers = [
            ("Host", self.host()),
            ("Origin", origin),
            ("Content-Type", "application/json".into()),
        ];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let (status, answer) =
            self.send("POST", &format!("/{}/{path}", self.token), &headers, &body.to_string());
        let body = answer.lines().last().unwrap_or_default();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn decide(&self, window: &str, page: usize, label: &str, seen: u64) -> (u16, Value) {
        let wish = json!({ "window": window, "page": page, "action": "relabel", "label": label,
            "note": "", "seen": seen });
        self.post("decide", &wish)
    }
}

fn scanned() -> Folder {
    let spam = "Best online casino bonus, slot machines betting, casino bonus code\n".repeat(6);
    let folder = Folder::new(&[("pages/a.txt", spam.as_bytes()), ("pages/b.txt", crate::ARTICLE)]);
    let run = crawlint()
        .current_dir(folder.path())
        .args(["scan", "pages", "--format", "jsonl", "--quiet", "--fail-on", "never"])
        .assert()
        .success();
    folder.add("results.jsonl", &run.get_output().stdout);
    folder
}

#[test]
fn only_the_address_that_was_printed_is_answered() {
    let folder = scanned();
    let server = Server::new(&folder);
    let (status, page) = server.get("");
    assert_eq!(status, 200);
    for header in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "connect-src 'self'",
        "nosniff",
        "no-store",
    ] {
        assert!(page.contains(header), "{header}");
    }
    let host = server.host();
    let rows = format!("/{}/rows", server.token);
    assert_eq!(server.send("GET", &rows, &[("Host", &host)], "").0, 200);
    assert_eq!(server.send("GET", "/rows", &[("Host", &host)], "").0, 404);
    let wrong = format!("/{}/rows", "0".repeat(server.token.len()));
    assert_eq!(server.send("GET", &wrong, &[("Host", &host)], "").0, 404);
    assert_eq!(server.send("GET", &rows, &[("Host", "attacker.example")], "").0, 403);
    let foreign = [("Host", host.as_str()), ("Origin", "http://attacker.example")];
    assert_eq!(server.send("GET", &rows, &foreign, "").0, 403);
    let undo = format!("/{}/undo", server.token);
    let json = ("Content-Type", "application/json");
    let body = "{\"window\":\"1\"}";
    assert_eq!(server.send("POST", &undo, &[foreign[0], foreign[1], json], body).0, 403);
    assert_eq!(server.send("POST", &undo, &[("Host", &host), json], body).0, 403);
    // A form of another site can send this type without asking first.
    let own = format!("http://{host}");
    let plain = [("Host", host.as_str()), ("Origin", &own), ("Content-Type", "text/plain")];
    assert_eq!(server.send("POST", &undo, &plain, body).0, 415);
    let large = format!("{{\"window\":\"{}\"}}", "x".repeat(1 << 20));
    assert_eq!(server.post("undo", &serde_json::from_str(&large).unwrap()).0, 413);
}

#[test]
fn a_page_is_shown_with_its_text_and_nothing_outside_is_read() {
    let folder = scanned();
    let results = std::fs::read_to_string(folder.file("results.jsonl")).unwrap();
    let outside = folder.add("outside.txt", &std::fs::read(folder.file("pages/a.txt")).unwrap());
    let more = results.lines().next().unwrap().replace("pages/a.txt", outside.to_str().unwrap());
    folder.add("results.jsonl", format!("{results}{more}\n").as_bytes());
    let source = Server::new(&folder);
    assert!(source.get("details/0").1.contains("casino bonus"));
    assert!(source.get("details/0").1.contains("waterfall"));
    assert_eq!(source.get("details/9").0, 404);
    drop(source);
    let run =
        crawlint().current_dir(folder.path()).args(["review", "pages/a.txt"]).assert().code(2);
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("no results of"));
}

#[test]
fn compressed_results_of_a_dump_are_reviewed() {
    use std::fmt::Write as _;

    let mut dump = String::new();
    for word in ["first", "second", "third"] {
        let text = format!("The {word} page sells casino bonus codes, best online casino bonus.\n");
        let text = text.repeat(6);
        write!(
            dump,
            "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:test:{word}>\r\n\
             WARC-Target-URI: http://{word}.example/\r\nContent-Type: text/plain\r\n\
             Content-Length: {}\r\n\r\n{text}\r\n\r\n",
            text.len()
        )
        .unwrap();
    }
    let folder = Folder::new(&[("crawl.warc", dump.as_bytes())]);
    crawlint()
        .current_dir(folder.path())
        .args(["scan", "crawl.warc", "-o", "results.jsonl.gz", "-o", "results.jsonl.zst"])
        .args(["--quiet", "--fail-on", "never"])
        .assert()
        .success();
    for results in ["results.jsonl.gz", "results.jsonl.zst"] {
        let server = Server::of(&folder, results);
        for (page, word) in ["first", "second", "third"].into_iter().enumerate() {
            let (status, details) = server.get(&format!("details/{page}"));
            assert_eq!(status, 200);
            assert!(details.contains(&format!("The {word} page sells")), "{details}");
        }
    }
    // A record that is no longer there is not taken for another.
    folder.add("crawl.warc", dump.replace("second", "middle").as_bytes());
    let server = Server::of(&folder, "results.jsonl.gz");
    let (_, details) = server.get("details/1");
    assert!(
        !details.contains("The middle page") && details.contains("no longer where"),
        "{details}"
    );
}

#[test]
fn decisions_survive_a_kill_and_are_exported() {
    let folder = scanned();
    let server = Server::new(&folder);
    let (status, first) = server.decide("1", 0, "clean", 0);
    assert_eq!((status, first["label"].as_str()), (200, Some("clean")));
    // The other window did not know.
    let (status, there) = server.decide("2", 0, "spam", 0);
    assert_eq!((status, there["label"].as_str()), (409, Some("clean")));
    assert_eq!(server.decide("2", 1, "damaged", 0).0, 200);
    assert_eq!(server.post("undo", &json!({ "window": "2" })).1["label"], Value::Null);
    assert_eq!(server.decide("2", 9, "spam", 0).0, 404);
    assert_eq!(server.decide("2", 1, "wonderful", 0).0, 422);
    drop(server); // killed
    let server = Server::new(&folder);
    let (_, decisions) = server.get("decisions?since=0");
    assert!(decisions.contains(r#""label":"clean""#), "{decisions}");
    let (_, allow) = server.get("allow.toml");
    assert!(allow.contains("[[allow]]\nrule = \""), "{allow}");
    drop(server);
    let args =
        ["review", "results.jsonl", "--manifest", "pages/manifest.jsonl", "--allow", "allow.toml"];
    crawlint().current_dir(folder.path()).args(args).assert().success();
    let manifest = std::fs::read_to_string(folder.file("pages/manifest.jsonl")).unwrap();
    let entry: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!((&entry["file"], &entry["label"]), (&json!("a.txt"), &json!("clean")));
    let allow = std::fs::read_to_string(folder.file("allow.toml")).unwrap();
    assert!(
        allow.contains("paths = [\"pages/a.txt\"]\n")
            && allow.contains("reason = \"reviewed: clean\"")
    );
    // The entries are settings, and do what the reviewer decided.
    let scan = || {
        let mut scan = crawlint();
        scan.current_dir(folder.path()).args([
            "scan",
            "pages/a.txt",
            "--fail-on",
            "suspicious,damaged,spam,injected,junk",
        ]);
        scan.assert()
    };
    scan().code(1);
    folder.add("crawlint.toml", allow.as_bytes());
    scan().code(0);
    crawlint().current_dir(folder.path()).args(["eval", "pages"]).assert().success();
}
