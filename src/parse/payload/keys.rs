//! What the keys and strings of a payload are.

/// What a string is for, by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Description,
    Keywords,
    /// The text of the page.
    Content,
    /// What an answer says to its reader: `msg` of an error.
    Message,
    Language,
    /// Addresses, names of things, code: never text.
    Machine,
    Other,
}

/// The role of a key.
pub(super) fn role(key: &str) -> Role {
    let plain: String =
        key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match plain.as_str() {
        "title" | "headline" | "h1" | "subject" | "heading" | "pagetitle" | "seotitle"
        | "metatitle" | "ogtitle" | "posttitle" | "articletitle" => Role::Title,
        "description" | "summary" | "excerpt" | "abstract" | "intro" | "digest" | "desc"
        | "metadescription" | "seodescription" | "ogdescription" | "postexcerpt" | "subtitle" => {
            Role::Description
        }
        "keywords" | "keyword" | "tags" | "metakeywords" | "seokeywords" => Role::Keywords,
        "content" | "contents" | "contenthtml" | "htmlcontent" | "contentraw" | "body"
        | "bodyhtml" | "bodytext" | "text" | "html" | "markdown" | "md" | "article"
        | "articlebody" | "articlecontent" | "postcontent" | "detailcontent" | "fulltext"
        | "richtext" | "reviewbody" | "paragraph" | "comment" | "commenttext" => Role::Content,
        "msg" | "message" | "error" | "errmsg" | "errormessage" | "detail" | "details"
        | "reason" | "errordescription" | "statusmessage" => Role::Message,
        "lang" | "language" | "locale" | "inlanguage" => Role::Language,
        plain if MACHINE.iter().any(|end| plain.ends_with(end)) => Role::Machine,
        _ => Role::Other,
    }
}

/// Ends of keys whose strings are not written for readers.
const MACHINE: [&str; 35] = [
    "url",
    "uri",
    "src",
    "href",
    "path",
    "slug",
    "hash",
    "token",
    "image",
    "img",
    "cover",
    "avatar",
    "icon",
    "class",
    "classname",
    "style",
    "css",
    "svg",
    "script",
    "email",
    "schema",
    "query",
    "signature",
    "buildid",
    "code",
    "uuid",
    "guid",
    "file",
    "filename",
    "extension",
    "mimetype",
    "cookie",
    "stack",
    "trace",
    "typename",
];

/// Keys of objects that hold a page's head.
pub(super) fn is_head(key: &str) -> bool {
    ["seo", "meta", "head", "metadata", "og", "frontmatter", "yoast_head_json"].contains(&key)
}

/// Keys that only wrap the value of the key above.
pub(super) fn is_wrapper(key: &str) -> bool {
    ["rendered", "raw", "_value", "__html", "plain"].contains(&key)
}

/// Whether a string is written for readers: words with spaces, or a script that needs none.
pub(super) fn is_prose(text: &str) -> bool {
    let text = text.trim();
    if text.starts_with("data:") || text.starts_with("<svg") {
        return false;
    }
    let (mut spaces, mut letters, mut wide, mut code) = (0usize, 0usize, 0usize, 0usize);
    let mut all = 0usize;
    for char in text.chars().take(4096) {
        all += 1;
        spaces += usize::from(char.is_whitespace());
        letters += usize::from(char.is_alphabetic());
        wide += usize::from(!char.is_ascii() && char.is_alphabetic());
        code += usize::from(matches!(char, '{' | '}' | ';' | '='));
    }
    let is_spaced = spaces * 16 >= all;
    letters * 2 >= all && (is_spaced || wide * 2 > all) && code * 33 < all.max(33)
}

/// Whether a short string is a phrase and not a name or code: three words, or six letters of a
/// script without spaces.
pub(super) fn is_phrase(text: &str) -> bool {
    let text = text.trim();
    let wide = text.chars().filter(|c| *c >= '\u{2E80}' && c.is_alphabetic()).count();
    is_prose(text) && (wide >= 6 || text.split_whitespace().count() >= 3)
}
