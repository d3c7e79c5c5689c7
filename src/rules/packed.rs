//! Automata as bytes: the build script packs those of the built-in patterns, the program unpacks
//! one when a page first needs it.
//!
//! One state after the other: its kind, then what that kind has, numbers in groups of seven bits
//! with the lowest first. Before them stand the two states where a search begins, anchored or not.

use regex_automata::nfa::thompson::{Builder, NFA, State, Transition};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;

const RANGE: u8 = 0;
const RANGES: u8 = 1;
const UNION: u8 = 2;
const LOOK: u8 = 3;
const FAIL: u8 = 4;
const MATCH: u8 = 5;

/// An automaton without groups as bytes; none where it has a state of another kind.
#[allow(dead_code, reason = "of the build script and the tests")]
pub(super) fn pack(nfa: &NFA) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    number(&mut out, nfa.start_anchored().as_u32());
    number(&mut out, nfa.start_unanchored().as_u32());
    for state in nfa.states() {
        match state {
            State::ByteRange { trans } => {
                out.push(RANGE);
                transition(&mut out, *trans);
            }
            State::Sparse(sparse) => {
                out.push(RANGES);
                number(&mut out, sparse.transitions.len() as u32);
                for one in &*sparse.transitions {
                    transition(&mut out, *one);
                }
            }
            State::Union { alternates } => union(&mut out, alternates),
            State::BinaryUnion { alt1, alt2 } => union(&mut out, &[*alt1, *alt2]),
            State::Look { look, next } => {
                out.push(LOOK);
                number(&mut out, look.as_repr());
                number(&mut out, next.as_u32());
            }
            State::Fail => out.push(FAIL),
            State::Match { .. } => out.push(MATCH),
            State::Dense(_) | State::Capture { .. } => return None,
        }
    }
    Some(out)
}

fn union(out: &mut Vec<u8>, states: &[StateID]) {
    out.push(UNION);
    number(out, states.len() as u32);
    for state in states {
        number(out, state.as_u32());
    }
}

fn transition(out: &mut Vec<u8>, one: Transition) {
    out.extend([one.start, one.end]);
    number(out, one.next.as_u32());
}

fn number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The automaton of bytes that [`pack`] made; none where they plainly are not its own.
pub(super) fn unpack(bytes: &[u8]) -> Option<NFA> {
    let mut bytes = Bytes(bytes.iter());
    let (anchored, unanchored) = (bytes.state()?, bytes.state()?);
    let mut builder = Builder::new();
    builder.start_pattern().ok()?;
    while let Some(kind) = bytes.byte() {
        // States are numbered in the order in which they are added.
        match kind {
            RANGE => builder.add_range(bytes.transition()?),
            RANGES => {
                let transitions = bytes.list(Bytes::transition)?;
                builder.add_sparse(transitions)
            }
            UNION => builder.add_union(bytes.list(Bytes::state)?),
            LOOK => {
                let look = Look::from_repr(bytes.number()?)?;
                builder.add_look(bytes.state()?, look)
            }
            FAIL => builder.add_fail(),
            MATCH => builder.add_match(),
            _ => return None,
        }
        .ok()?;
    }
    builder.finish_pattern(anchored).ok()?;
    builder.build(anchored, unanchored).ok()
}

/// Bytes on their way to be read.
struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        self.0.next().copied()
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn state(&mut self) -> Option<StateID> {
        StateID::new(self.number()? as usize).ok()
    }

    fn transition(&mut self) -> Option<Transition> {
        Some(Transition { start: self.byte()?, end: self.byte()?, next: self.state()? })
    }

    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.number()?).map(|_| one(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::loose;

    #[test]
    fn what_is_unpacked_is_what_was_packed() {
        for pattern in [r"^a+(?:б|[цд]x|)[^\n]{2,}$", "(?i)kiss|straße", "", "[a&&b]"] {
            let hir = regex_syntax::parse(pattern).expect("the pattern is one");
            let nfa = loose::automaton(&hir).expect("the pattern is small");
            let packed = pack(&nfa).expect("the automaton has no groups");
            let unpacked = unpack(&packed).expect("the bytes are an automaton");
            assert_eq!(format!("{unpacked:?}"), format!("{nfa:?}"), "{pattern}");
        }
        assert!(unpack(&[0, 0, 9]).is_none() && unpack(&[0x80; 9]).is_none());
    }
}
