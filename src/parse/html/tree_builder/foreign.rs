//! "The rules for parsing tokens in foreign content": SVG and `MathML`.

use html5ever::{LocalName, local_name};

use crate::parse::html::TextRun;
use crate::parse::html::names::{NameId, Names, Prefix};
use crate::parse::html::store::AttributeRange;
use crate::parse::html::tokenizer::Tag;
use crate::parse::html::traits::{Foreign, Traits};

use super::stack::Open;
use super::{Step, Token, TreeBuilder};

impl TreeBuilder {
    /// Whether a token is foreign content where it stands.
    pub(super) fn is_foreign(&self, token: Token<'_>) -> bool {
        let Some(current) = self.stack.last() else { return false };
        if current.is_html() {
            return false;
        }
        match token {
            Token::Eof => false,
            Token::Text(_) | Token::Null => {
                !current.traits.has(Traits::TEXT_INTEGRATION | Traits::HTML_INTEGRATION)
            }
            Token::Start(tag) => {
                let name = self.local(tag.name);
                let glyph = matches!(*name, local_name!("mglyph") | local_name!("malignmark"));
                let is_html = current.traits.has(Traits::HTML_INTEGRATION)
                    || (current.traits.has(Traits::TEXT_INTEGRATION) && !glyph)
                    || (current.traits.has(Traits::ANNOTATION) && *name == local_name!("svg"));
                !is_html
            }
            Token::End(_) | Token::Comment(_) => true,
        }
    }

    pub(super) fn in_foreign_content(&mut self, token: Token<'_>) -> Step {
        match token {
            Token::Null => self.insert_replacement(),
            Token::Text(text) => {
                if self.frameset_ok && self.holds_words(text) {
                    self.frameset_ok = false;
                }
                self.insert_text(text)
            }
            Token::Comment(text) => self.insert_comment(*text),
            Token::Start(tag) if self.breaks_out(tag) => self.break_out(token),
            Token::Start(tag) => {
                if let Some(foreign) = self.stack.last().and_then(|open| open.traits.foreign()) {
                    self.insert_foreign(tag, foreign);
                }
                Step::Done
            }
            Token::End(tag) if matches!(tag.name, NameId::BR | NameId::P) => self.break_out(token),
            Token::End(tag) => self.end_foreign(tag),
            Token::Eof => Step::Done,
        }
    }

    /// U+FFFD in place of NUL.
    fn insert_replacement(&mut self) -> Step {
        let store = &mut self.tree.store;
        let text = *self.replacement.get_or_insert_with(|| store.add("\u{fffd}"));
        let run = TextRun { at: 0, len: text.len() as u32, source: self.places.token };
        self.insert_str(text, &[run]);
        Step::Done
    }

    /// Whether a start tag ends the foreign content around it.
    fn breaks_out(&self, tag: &Tag) -> bool {
        match *self.local(tag.name) {
            headings!()
            | items!()
            | names![
                "b",
                "big",
                "blockquote",
                "body",
                "br",
                "center",
                "code",
                "div",
                "dl",
                "em",
                "embed",
                "head",
                "hr",
                "i",
                "img",
                "listing",
                "menu",
                "meta",
                "nobr",
                "ol",
                "p",
                "pre",
                "ruby",
                "s",
                "small",
                "span",
                "strong",
                "strike",
                "sub",
                "sup",
                "table",
                "tt",
                "u",
                "ul",
                "var"
            ] => true,
            local_name!("font") => {
                let store = &self.tree.store;
                store.attributes(tag.attributes).iter().any(|attribute| {
                    matches!(*store.names.local(attribute.name), names!["color", "face", "size"])
                })
            }
            _ => false,
        }
    }

    fn break_out(&mut self, token: Token<'_>) -> Step {
        let stays = Traits::TEXT_INTEGRATION | Traits::HTML_INTEGRATION;
        while self.stack.last().is_some_and(|open| !open.is_html() && !open.traits.has(stays)) {
            self.stack.pop();
        }
        self.step(self.mode, token)
    }

    fn end_foreign(&mut self, tag: &Tag) -> Step {
        for position in (1..self.stack.len()).rev() {
            let open = self.stack.all()[position];
            // The current node is foreign.
            if open.is_html() {
                return self.step(self.mode, Token::End(tag));
            }
            if self.tree.store.names.are_alike(open.name, tag.name) {
                self.stack.truncate(position);
                break;
            }
        }
        Step::Done
    }

    /// "Insert a foreign element", its name and attributes adjusted.
    pub(super) fn insert_foreign(&mut self, tag: &Tag, foreign: Foreign) {
        let store = &mut self.tree.store;
        let mut name = tag.name;
        // A child of an SVG element gets its name as SVG writes it; `<svg>` itself has it.
        if foreign == Foreign::Svg
            && let Some(adjusted) = svg_name(store.names.local(name))
        {
            name = store.names.intern(&adjusted);
        }
        self.adjust(tag.attributes, foreign);
        let known = self.tree.store.names.get(name);
        let traits = Traits::of_foreign(foreign, &known.local, known.traits);
        let id = self.insert_closed(name, traits, tag.attributes);
        if !tag.self_closing {
            self.stack.push(Open { id, name, traits });
        }
    }

    /// "Adjust SVG attributes", "adjust `MathML` attributes" and "adjust foreign attributes".
    fn adjust(&mut self, attributes: AttributeRange, foreign: Foreign) {
        let (attributes, names) = self.tree.store.attributes_mut(attributes);
        for attribute in attributes {
            if let Some(name) = adjusted(names, attribute.name, foreign) {
                attribute.name = name;
            }
        }
    }
}

fn adjusted(names: &mut Names, name: NameId, foreign: Foreign) -> Option<NameId> {
    let local = names.local(name);
    let own = match foreign {
        Foreign::Svg => svg_attribute(local),
        Foreign::MathMl if *local == local_name!("definitionurl") => {
            Some(local_name!("definitionURL"))
        }
        Foreign::MathMl => None,
    };
    if let Some(local) = own {
        return Some(names.intern(&local));
    }
    let (prefix, local) = match *local {
        local_name!("xlink:actuate") => (Prefix::Xlink, local_name!("actuate")),
        local_name!("xlink:arcrole") => (Prefix::Xlink, local_name!("arcrole")),
        local_name!("xlink:href") => (Prefix::Xlink, local_name!("href")),
        local_name!("xlink:role") => (Prefix::Xlink, local_name!("role")),
        local_name!("xlink:show") => (Prefix::Xlink, local_name!("show")),
        local_name!("xlink:title") => (Prefix::Xlink, local_name!("title")),
        local_name!("xlink:type") => (Prefix::Xlink, local_name!("type")),
        local_name!("xml:lang") => (Prefix::Xml, local_name!("lang")),
        local_name!("xml:space") => (Prefix::Xml, local_name!("space")),
        local_name!("xmlns") => (Prefix::Xmlns, local_name!("xmlns")),
        local_name!("xmlns:xlink") => (Prefix::XmlnsPrefixed, local_name!("xlink")),
        _ => return None,
    };
    Some(names.prefixed(prefix, &local))
}

/// Pairs each name in lower case with how SVG writes it.
macro_rules! cased {
    ($name:expr, $($lower:tt $written:tt)+) => {
        match *$name {
            $(local_name!($lower) => Some(local_name!($written)),)+
            _ => None,
        }
    };
}

fn svg_name(name: &LocalName) -> Option<LocalName> {
    cased! {
        name,
        "altglyph" "altGlyph"
        "altglyphdef" "altGlyphDef"
        "altglyphitem" "altGlyphItem"
        "animatecolor" "animateColor"
        "animatemotion" "animateMotion"
        "animatetransform" "animateTransform"
        "clippath" "clipPath"
        "feblend" "feBlend"
        "fecolormatrix" "feColorMatrix"
        "fecomponenttransfer" "feComponentTransfer"
        "fecomposite" "feComposite"
        "feconvolvematrix" "feConvolveMatrix"
        "fediffuselighting" "feDiffuseLighting"
        "fedisplacementmap" "feDisplacementMap"
        "fedistantlight" "feDistantLight"
        "fedropshadow" "feDropShadow"
        "feflood" "feFlood"
        "fefunca" "feFuncA"
        "fefuncb" "feFuncB"
        "fefuncg" "feFuncG"
        "fefuncr" "feFuncR"
        "fegaussianblur" "feGaussianBlur"
        "feimage" "feImage"
        "femerge" "feMerge"
        "femergenode" "feMergeNode"
        "femorphology" "feMorphology"
        "feoffset" "feOffset"
        "fepointlight" "fePointLight"
        "fespecularlighting" "feSpecularLighting"
        "fespotlight" "feSpotLight"
        "fetile" "feTile"
        "feturbulence" "feTurbulence"
        "foreignobject" "foreignObject"
        "glyphref" "glyphRef"
        "lineargradient" "linearGradient"
        "radialgradient" "radialGradient"
        "textpath" "textPath"
    }
}

fn svg_attribute(name: &LocalName) -> Option<LocalName> {
    cased! {
        name,
        "attributename" "attributeName"
        "attributetype" "attributeType"
        "basefrequency" "baseFrequency"
        "baseprofile" "baseProfile"
        "calcmode" "calcMode"
        "clippathunits" "clipPathUnits"
        "diffuseconstant" "diffuseConstant"
        "edgemode" "edgeMode"
        "filterunits" "filterUnits"
        "glyphref" "glyphRef"
        "gradienttransform" "gradientTransform"
        "gradientunits" "gradientUnits"
        "kernelmatrix" "kernelMatrix"
        "kernelunitlength" "kernelUnitLength"
        "keypoints" "keyPoints"
        "keysplines" "keySplines"
        "keytimes" "keyTimes"
        "lengthadjust" "lengthAdjust"
        "limitingconeangle" "limitingConeAngle"
        "markerheight" "markerHeight"
        "markerunits" "markerUnits"
        "markerwidth" "markerWidth"
        "maskcontentunits" "maskContentUnits"
        "maskunits" "maskUnits"
        "numoctaves" "numOctaves"
        "pathlength" "pathLength"
        "patterncontentunits" "patternContentUnits"
        "patterntransform" "patternTransform"
        "patternunits" "patternUnits"
        "pointsatx" "pointsAtX"
        "pointsaty" "pointsAtY"
        "pointsatz" "pointsAtZ"
        "preservealpha" "preserveAlpha"
        "preserveaspectratio" "preserveAspectRatio"
        "primitiveunits" "primitiveUnits"
        "refx" "refX"
        "refy" "refY"
        "repeatcount" "repeatCount"
        "repeatdur" "repeatDur"
        "requiredextensions" "requiredExtensions"
        "requiredfeatures" "requiredFeatures"
        "specularconstant" "specularConstant"
        "specularexponent" "specularExponent"
        "spreadmethod" "spreadMethod"
        "startoffset" "startOffset"
        "stddeviation" "stdDeviation"
        "stitchtiles" "stitchTiles"
        "surfacescale" "surfaceScale"
        "systemlanguage" "systemLanguage"
        "tablevalues" "tableValues"
        "targetx" "targetX"
        "targety" "targetY"
        "textlength" "textLength"
        "viewbox" "viewBox"
        "viewtarget" "viewTarget"
        "xchannelselector" "xChannelSelector"
        "ychannelselector" "yChannelSelector"
        "zoomandpan" "zoomAndPan"
    }
}
