//! What is asked of a text before a pattern is: whether the pattern can match in it at all.

use std::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::NFA;
use regex_automata::util::pool::Pool;
use regex_automata::util::prefilter::Prefilter;
use regex_automata::{Input, MatchErrorKind, MatchKind, Span};

/// From the third time on that the states met are thrown away, a text must keep each of them busy
/// for ten bytes; the search ends early otherwise. Both are what the regex crate asks for.
const MIN_CLEARS: usize = 3;
const MIN_BYTES_PER_STATE: usize = 10;

/// A [loosened](super::loose) pattern that is only asked whether it matches: one automaton that
/// runs forwards. Where it stops is not where the pattern matches, so there is no need of those
/// that run backwards and keep groups.
#[derive(Debug)]
pub(super) struct Screen {
    dfa: DFA,
    /// States met so far, for every thread that asks.
    caches: Pool<Cache, NewCache>,
}

type NewCache = Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>;

impl Screen {
    /// For single lines, which are known to hold a literal of the pattern.
    pub(super) fn of_line(nfa: NFA) -> Option<Self> {
        Self::new(nfa, None)
    }

    /// For long texts: places where no match can begin, as far as `beginnings` tell, are skipped.
    pub(super) fn of_text(nfa: NFA, beginnings: &[impl AsRef<[u8]>]) -> Option<Self> {
        Self::new(nfa, Prefilter::new(MatchKind::LeftmostFirst, beginnings))
    }

    fn new(nfa: NFA, beginnings: Option<Prefilter>) -> Option<Self> {
        let config = DFA::config()
            .prefilter(beginnings)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(MIN_CLEARS))
            .minimum_bytes_per_state(Some(MIN_BYTES_PER_STATE));
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa).ok()?;
        let for_caches = dfa.clone();
        let new_cache: NewCache = Box::new(move || for_caches.create_cache());
        Some(Self { dfa, caches: Pool::new(new_cache) })
    }

    /// A place in a part of a text before which no match ends; none where the part holds none.
    pub(super) fn next_end(&self, text: &str, part: Span) -> Option<usize> {
        let input = Input::new(text).span(part).earliest(true);
        let mut cache = self.caches.get();
        match self.dfa.try_search_fwd(&mut cache, &input) {
            Ok(found) => found.map(|found| found.offset()),
            Err(error) => Some(match *error.kind() {
                MatchErrorKind::GaveUp { offset } | MatchErrorKind::Quit { offset, .. } => offset,
                _ => part.start,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::loose;

    #[test]
    fn a_text_that_needs_too_many_states_is_not_passed_over() {
        // Every place of an `a` among the last 19 letters is a state of its own.
        let hir = regex_syntax::parse("a[ab]{18}c").expect("the pattern is one");
        let screen = loose::automaton(&hir).and_then(Screen::of_line);
        let screen = screen.expect("the pattern is small");
        assert_eq!(screen.next_end("babab", Span { start: 0, end: 5 }), None);
        let mut state = 1u64;
        let mut letter = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if state >> 63 == 0 { 'a' } else { 'b' }
        };
        let mut text: String = (0..400_000).map(|_| letter()).collect();
        text.push_str("aaaaaaaaaaaaaaaaaaaac");
        let part = Span { start: 0, end: text.len() };
        let at = screen.next_end(&text, part).expect("the text holds a match");
        assert!(at < text.len(), "the search gives up early: {at}");
        let part = Span { start: at, end: text.len() };
        assert!(screen.next_end(&text, part).is_some());
    }
}
