//! Lists of elements as patterns of their names, so that every list of the standard stands once.

/// Any of these elements.
macro_rules! names {
    ($first:tt $(, $other:tt)* $(,)?) => { local_name!($first) $(| local_name!($other))* };
}

/// Void elements that belong into the head.
macro_rules! head_voids {
    () => {
        names!["base", "basefont", "bgsound", "link", "meta"]
    };
}

/// What belongs into the head wherever it stands.
macro_rules! head_content {
    () => {
        head_voids!() | names!["noframes", "script", "style", "template", "title"]
    };
}

/// Blocks of all kinds of content that have nothing of their own.
macro_rules! plain_blocks {
    () => {
        names![
            "address",
            "article",
            "aside",
            "center",
            "details",
            "dir",
            "div",
            "dl",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "header",
            "main",
            "menu",
            "nav",
            "section",
            "summary",
        ]
    };
}

/// Blocks whose start tag closes a paragraph, and whose end tag closes what is open in them.
macro_rules! grouping {
    () => {
        plain_blocks!() | names!["blockquote", "dialog", "hgroup", "ol", "search", "ul"]
    };
}

macro_rules! headings {
    () => {
        names!["h1", "h2", "h3", "h4", "h5", "h6"]
    };
}

/// Items of lists, which end the item before them.
macro_rules! items {
    () => {
        names!["li", "dd", "dt"]
    };
}

/// Formatting elements but for links and `nobr`, which may not stand in their like.
macro_rules! formatting {
    () => {
        names!["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"]
    };
}

/// Elements that formatting from outside does not reach into.
macro_rules! marked {
    () => {
        names!["applet", "marquee", "object"]
    };
}

/// Parts of a table that hold no rows.
macro_rules! columns {
    () => {
        names!["caption", "col", "colgroup"]
    };
}

/// Parts of a table that hold rows.
macro_rules! sections {
    () => {
        names!["tbody", "tfoot", "thead"]
    };
}

macro_rules! cells {
    () => {
        names!["td", "th"]
    };
}

macro_rules! table_parts {
    () => {
        columns!() | sections!() | cells!() | local_name!("tr")
    };
}
