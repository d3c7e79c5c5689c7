//! The values of a payload as objects with fields, however the payload writes references.

use crate::parse::payload::scan::{Kind, Node};

/// A payload's values.
///
/// Nuxt writes its state flat, in devalue's form: one array whose elements are the values, and
/// inside of them whole numbers that are indices into the array. [`Tree::resolve`] follows them.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    /// Elements of the flat array; empty for ordinary JSON.
    elements: Vec<u32>,
    /// For each value the field or item it is first found in; itself where nothing refers to it.
    places: Vec<u32>,
}

/// Names of devalue's wrappers around one value.
const WRAPPERS: [&str; 8] = [
    "Reactive",
    "ShallowReactive",
    "Ref",
    "ShallowRef",
    "EmptyRef",
    "EmptyShallowRef",
    "Set",
    "NuxtError",
];

impl<'a> Tree<'a> {
    pub(super) fn new(text: &'a str, nodes: Vec<Node>) -> Self {
        let mut tree = Self { text, elements: Vec::new(), places: Vec::new(), nodes };
        tree.elements = tree.flat_elements();
        tree.places = (0..tree.nodes.len() as u32).collect();
        if !tree.elements.is_empty() {
            for index in 0..tree.nodes.len() as u32 {
                let target = tree.resolve(index);
                let place = &mut tree.places[target as usize];
                if target != index && *place == target {
                    *place = index;
                }
            }
        }
        tree
    }

    /// The elements of the root array, if the payload is in devalue's form.
    fn flat_elements(&self) -> Vec<u32> {
        if self.nodes.first().is_none_or(|root| root.kind != Kind::Array) {
            return Vec::new();
        }
        let elements: Vec<u32> = self.items(0).collect();
        let holds_references = |element: &u32| {
            self.items(*element).all(|item| match self.kind(item) {
                Kind::Integer(at) => at < elements.len() as i32,
                Kind::String => self.kind(*element) == Kind::Array,
                _ => false,
            })
        };
        let is_container = |element: &&u32| {
            matches!(self.kind(**element), Kind::Object | Kind::Array)
                && self.items(**element).next().is_some()
        };
        let first = elements.first().copied();
        let is_flat = first.is_some_and(|first| is_container(&&first))
            && elements.len() > 2
            && elements.iter().filter(is_container).all(holds_references);
        if is_flat { elements } else { Vec::new() }
    }

    pub(super) fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    pub(super) fn kind(&self, index: u32) -> Kind {
        self.nodes[index as usize].kind
    }

    pub(super) fn node(&self, index: u32) -> Node {
        self.nodes[index as usize]
    }

    /// A string's source, escapes and all; empty for other values.
    pub(super) fn raw(&self, index: u32) -> &'a str {
        let node = self.node(index);
        if node.kind == Kind::String { &self.text[node.span.range()] } else { "" }
    }

    /// The values directly inside an object or array, references as they stand.
    pub(super) fn items(&self, index: u32) -> impl Iterator<Item = u32> {
        let end = self.node(index).end;
        let mut at = index + 1;
        std::iter::from_fn(move || {
            let item = at;
            (item < end).then(|| {
                at = self.nodes[item as usize].end;
                item
            })
        })
    }

    /// The value that a reference leads to, through wrappers; the value itself if it is none.
    pub(super) fn resolve(&self, index: u32) -> u32 {
        let mut at = index;
        // Wrappers hardly ever nest; a bound keeps circles out.
        for _ in 0..4 {
            let node = self.node(at);
            at = match node.kind {
                Kind::Integer(target) if node.parent != 0 => {
                    match usize::try_from(target).ok().and_then(|at| self.elements.get(at)) {
                        Some(element) => *element,
                        None => return at,
                    }
                }
                Kind::Array if !self.elements.is_empty() => {
                    let mut items = self.items(at);
                    match (items.next(), items.next()) {
                        (Some(name), Some(value)) if WRAPPERS.contains(&self.raw(name)) => value,
                        _ => return at,
                    }
                }
                _ => return at,
            };
        }
        at
    }

    /// The fields of an object: key and value, references resolved.
    pub(super) fn fields(&self, index: u32) -> impl Iterator<Item = (&'a str, u32)> {
        let is_object = self.kind(index) == Kind::Object;
        self.items(index).filter(move |_| is_object).map(|item| {
            let key = self.node(item).key;
            (&self.text[key.range()], self.resolve(item))
        })
    }

    /// The value of a field.
    pub(super) fn field(&self, index: u32, name: &str) -> Option<u32> {
        self.fields(index).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The object or array that holds a value, and the value's key there (empty in arrays).
    pub(super) fn owner(&self, index: u32) -> Option<(u32, &'a str)> {
        let place = self.node(self.places[index as usize]);
        let owner = place.parent;
        let is_element = !self.elements.is_empty() && owner == 0;
        (owner != index && self.places[index as usize] != owner && !is_element)
            .then(|| (owner, &self.text[place.key.range()]))
    }
}
