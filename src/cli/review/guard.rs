//! Who may speak to the server: the one browser that was given the address.
//!
//! Three things must fit. The token in the path, which no other site can guess. The `Host`, so
//! that a name which an attacker points at this machine (DNS rebinding) leads nowhere. The
//! `Origin` of everything that changes something, so that a page elsewhere cannot post here.

use axum::extract::{Request, State};
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::cli::desk::Document;

/// Bytes of a token.
const TOKEN: usize = 16;

/// What requests are held to.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    pub(super) token: String,
    pub(super) port: u16,
}

impl Guard {
    /// A guard with a token from the system's source of randomness.
    pub(super) fn new(port: u16) -> anyhow::Result<Self> {
        let mut bytes = [0; TOKEN];
        getrandom::fill(&mut bytes)
            .map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
        let token = format!("{:032x}", u128::from_be_bytes(bytes));
        Ok(Self { token, port })
    }

    /// Why a request is refused, if it is.
    fn refusal(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<StatusCode> {
        let hosts = [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)];
        // Of several only one could be looked at.
        let one = |name: HeaderName| {
            let mut values = headers.get_all(name).iter();
            let value = values.next().and_then(|value| value.to_str().ok());
            value.filter(|_| values.next().is_none())
        };
        let host = one(HOST).filter(|host| hosts.iter().any(|own| own == host));
        let Some(host) = host else { return Some(StatusCode::FORBIDDEN) };
        let token = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if !same(token, &self.token) {
            return Some(StatusCode::NOT_FOUND);
        }
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let own = one(ORIGIN).is_some_and(|origin| origin == format!("http://{host}"));
        let foreign = if reads { headers.contains_key(ORIGIN) && !own } else { !own };
        foreign.then_some(StatusCode::FORBIDDEN)
    }
}

/// Whether two texts are the same, in a time that does not tell how far.
fn same(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && differences == 0
}

/// Refuses what does not fit, and sends with every answer what a browser may do with it.
pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let refusal = guard.refusal(request.method(), request.uri().path(), request.headers());
    let mut answer = match refusal {
        Some(status) => {
            (status, "Use the address that `crawlint review` printed.\n").into_response()
        }
        None => next.run(request).await,
    };
    let policy = format!("{}; frame-ancestors 'none'", Document::Review.policy());
    let policy =
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let headers = answer.headers_mut();
    headers.insert("content-security-policy", policy);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_token_host_and_origin_pass() {
        let guard = Guard { token: "abc".into(), port: 7 };
        let refused = |method: Method, path: &str, headers: &[(&'static str, &'static str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, HeaderValue::from_static(value));
            }
            guard.refusal(&method, path, &map).map(|status| status.as_u16())
        };
        let host = ("host", "127.0.0.1:7");
        let own = ("origin", "http://127.0.0.1:7");
        assert_eq!(refused(Method::GET, "/abc/", &[host]), None);
        assert_eq!(refused(Method::GET, "/abc/rows", &[("host", "localhost:7")]), None);
        assert_eq!(refused(Method::POST, "/abc/decide", &[host, own]), None);
        assert_eq!(refused(Method::GET, "/abd/", &[host]), Some(404));
        assert_eq!(refused(Method::GET, "/", &[host]), Some(404));
        for wrong in ["a.example:7", "127.0.0.1", "127.0.0.1:8"] {
            assert_eq!(refused(Method::GET, "/abc/", &[("host", wrong)]), Some(403), "{wrong}");
        }
        assert_eq!(refused(Method::GET, "/abc/", &[]), Some(403));
        assert_eq!(refused(Method::GET, "/abc/", &[host, ("host", "a.example")]), Some(403));
        for wrong in ["http://a.example", "null", "https://127.0.0.1:7", "http://localhost:7"] {
            let headers = [host, ("origin", wrong)];
            assert_eq!(refused(Method::POST, "/abc/decide", &headers), Some(403), "{wrong}");
            assert_eq!(refused(Method::GET, "/abc/rows", &headers), Some(403), "{wrong}");
        }
        assert_eq!(refused(Method::POST, "/abc/decide", &[host]), Some(403));
    }

    #[test]
    fn tokens_are_long_and_differ() {
        let token = || Guard::new(1).unwrap().token;
        assert!(token().len() == 2 * TOKEN && token() != token());
        assert!(same("ab", "ab") && !same("ab", "abc") && !same("", "a") && !same("ab", "ac"));
    }
}
