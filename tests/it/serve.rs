//! `crawlint serve`: the answers of the command over HTTP, and what clients cannot do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::{ARTICLE, crawlint};

const SAMPLE: &str = "samples/injected/footer-casino-anchors.html";

/// A server that ends with the test, killed.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer: status, head in lower case, body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Server {
    fn new(args: &[&str]) -> Self {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("crawlint"))
            .args(["serve", "--listen", "127.0.0.1:0", "--no-config"])
            .args(args)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.next().unwrap().unwrap();
        let address = line.split("http://").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        Self { child, address }
    }

    /// A request whose body is still to be sent.
    fn begin(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(stream, "{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").unwrap();
        for (name, value) in headers {
            write!(stream, "{name}: {value}\r\n").unwrap();
        }
        write!(stream, "\r\n").unwrap();
        stream
    }

    fn send(&self, method: &str, target: &str, kind: &str, body: &[u8]) -> Answer {
        let length = body.len().to_string();
        let headers = [("Content-Type", kind), ("Content-Length", &length)];
        let mut stream = self.begin(method, target, &headers);
        // A refusal may come before all is sent.
        let _ = stream.write_all(body);
        answer(stream)
    }

    fn get(&self, target: &str) -> Answer {
        answer(self.begin("GET", target, &[]))
    }
}

fn answer(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let status = head[9..12].parse().unwrap();
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// A chunk of a body whose length is not known.
fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

fn root(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_page_is_answered_as_the_command_would() {
    let server = Server::new(&[]);
    let page = std::fs::read(root(SAMPLE)).unwrap();
    let target = format!("/scan?path={SAMPLE}&url=https://a.example/tea");
    let answer = server.send("POST", &target, "application/x-www-form-urlencoded", &page);
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("content-type: application/json"), "{}", answer.head);
    let mut scan = crawlint();
    scan.current_dir(root("")).args(["scan", SAMPLE, "-f", "jsonl", "-q", "--no-config"]);
    let expected = scan.args(["--url", "https://a.example/tea"]).output().unwrap().stdout;
    assert_eq!(answer.body.as_bytes(), expected);

    let latin = "<p>Caf\u{e9} au lait".chars().map(|c| c as u8).collect::<Vec<u8>>();
    let answer = server.send("POST", "/scan", "text/html; charset=iso-8859-1", &latin);
    assert_eq!(answer.json()["charset"], "windows-1252");
    let empty = server.send("POST", "/scan", "text/plain", b"");
    assert_eq!((empty.status, &empty.json()["verdict"]), (200, &json!("unreadable")));
}

#[test]
fn a_stream_is_answered_line_by_line_as_it_comes() {
    let server = Server::new(&["-j", "2"]);
    let line = |id: usize| {
        let text = std::str::from_utf8(ARTICLE).unwrap();
        format!("{}\n", json!({ "id": format!("page {id}"), "text": text }))
    };
    let headers = [("Content-Type", "application/x-ndjson"), ("Transfer-Encoding", "chunked")];
    let mut stream = server.begin("POST", "/scan?path=mine", &headers);
    stream.write_all(&chunk(line(0).as_bytes())).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let first = lines.find_map(|line| line.unwrap().starts_with('{').then_some(())).is_some();
    assert!(first, "an answer before the end of the request");
    for id in 1..300 {
        stream.write_all(&chunk(line(id).as_bytes())).unwrap();
    }
    stream.write_all(&chunk(b"this is no JSON\n")).unwrap();
    stream.write_all(&chunk(line(300).as_bytes())).unwrap();
    stream.write_all(b"0\r\n\r\n").unwrap();
    let rest: Vec<Value> = lines
        .map(Result::unwrap)
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect();
    assert_eq!(rest.len(), 301, "every record has a line");
    assert_eq!(rest[0]["source"]["record"], "page 1");
    assert_eq!(rest[299]["verdict"], "unreadable");
    assert_eq!(rest[300]["source"]["record"], "page 300");
    assert_eq!(rest[300]["source"]["path"], "mine");
}

#[test]
fn what_is_too_much_is_refused_and_the_server_goes_on() {
    let server = Server::new(&["-j", "1", "--queue", "0", "--timeout", "2", "--max-bytes", "20k"]);
    let large = server.send("POST", "/scan", "text/html", &vec![b'a'; 21 << 10]);
    assert_eq!(large.status, 413);
    assert!(large.head.contains("application/problem+json"), "{}", large.head);
    let chunked = [("Transfer-Encoding", "chunked")];
    let mut stream = server.begin("POST", "/scan", &chunked);
    let _ = stream.write_all(&chunk(&vec![b'a'; 21 << 10]));
    assert_eq!(answer(stream).status, 413);

    // The only place is taken by a client that does not go on.
    let slow = server.begin("POST", "/scan", &[("Content-Length", "10")]);
    let busy = loop {
        let answer = server.send("POST", "/scan", "text/html", b"<p>tea");
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(busy.status, 429);
    assert!(busy.head.contains("retry-after: 1"), "{}", busy.head);
    assert_eq!(server.get("/healthz").status, 200, "those who watch are not shut out");
    assert_eq!(answer(slow).status, 408);
    assert_eq!(server.send("POST", "/scan", "text/html", b"<p>tea").status, 200);

    let encoded = [("Content-Encoding", "gzip"), ("Content-Length", "0")];
    assert_eq!(answer(server.begin("POST", "/scan", &encoded)).status, 415);
    let browser = [("Origin", "https://evil.example"), ("Content-Length", "0")];
    assert_eq!(answer(server.begin("POST", "/scan", &browser)).status, 403);
    assert_eq!(server.send("POST", "/scan?adress=x", "text/html", b"a").status, 400);
    assert_eq!(server.get("/none").status, 404);
    assert_eq!(server.get("/scan").status, 405);
    let metrics = server.get("/metrics").body;
    for line in [
        "crawlint_requests_total{route=\"/scan\",status=\"413\"} 2",
        "crawlint_requests_total{route=\"/scan\",status=\"408\"} 1",
        "crawlint_requests_in_progress 0",
    ] {
        assert!(metrics.lines().any(|own| own == line), "{line}\n{metrics}");
    }
}

#[test]
fn the_description_fits_what_is_answered() {
    let server = Server::new(&[]);
    let document = server.get("/openapi.json").json();
    let schema = |name: &str| {
        // Parts name one another by their places in the document.
        json!({
            "$ref": format!("#/components/schemas/{name}"),
            "components": document["components"],
        })
    };
    let result = jsonschema::validator_for(&schema("Result")).unwrap();
    let page = std::fs::read(root(SAMPLE)).unwrap();
    let answer = server.send("POST", "/scan", "text/html", &page).json();
    result.validate(&answer).unwrap();
    assert!(!result.is_valid(&json!({ "verdict": "fine" })));
    let problem = jsonschema::validator_for(&schema("Problem")).unwrap();
    problem.validate(&server.get("/none").json()).unwrap();
    let rule = jsonschema::validator_for(&schema("Rule")).unwrap();
    let rules = server.get("/rules").json();
    assert!(rules.as_array().is_some_and(|rules| rules.len() > 100));
    rules.as_array().unwrap().iter().for_each(|it| rule.validate(it).unwrap());
    for path in document["paths"].as_object().unwrap().keys().filter(|path| *path != "/scan") {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_server_that_is_stopped_answers_what_it_began() {
    let mut server = Server::new(&[]);
    let mut stream = server.begin("POST", "/scan", &[("Content-Length", "6")]);
    stream.write_all(b"<p>").unwrap();
    while !server.get("/metrics").body.contains("crawlint_requests_in_progress 1") {}
    let kill = Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    while TcpStream::connect(&server.address).is_ok() {}
    stream.write_all(b"tea").unwrap();
    assert_eq!(answer(stream).status, 200);
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}
