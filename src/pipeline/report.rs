//! The last stage: what was found, with its places in the bytes and as sentences for people.

use crate::page::Format;
use crate::pipeline::{Judged, Origin, Places, Scan, Scanner};
use crate::quality::Text;
use crate::report::{
    Decision, Finding, Language, Offsets, Reason, Report, SCHEMA, Source, Verdict,
};
use crate::rules::Evidence;
use crate::score::{self, Score};
use crate::suppress::Mark;

/// Longest excerpt in a finding, in characters.
const MAX_EXCERPT: usize = 240;

impl Scanner {
    /// The report of a record that could not be judged.
    pub fn unreadable(origin: &Origin, reason: Reason) -> Report {
        Report {
            schema: SCHEMA,
            source: source_of(origin),
            format: Format::Text,
            charset: "unknown".to_owned(),
            language: Language { main: "und".to_owned(), declared: None },
            verdict: Verdict::Unreadable,
            risk: 0,
            risk_db: 0.0,
            damage: 0,
            junk: 0,
            topics: Vec::new(),
            labels: Vec::new(),
            headline: format!("Could not be judged: {}.", reason.message),
            reason: Some(reason),
            offsets: Offsets::Bytes,
            findings: Vec::new(),
            signals: None,
            profile: None,
        }
    }

    pub(crate) fn report(
        &self,
        bytes: &[u8],
        origin: &Origin,
        scan: &Scan<'_>,
        judged: &Judged,
    ) -> Report {
        let score = &judged.score;
        let findings = self.findings(bytes, scan, judged);
        let declared = scan.page.declared_language.clone();
        let measured = (self.quality || self.profile.is_some())
            .then(|| Text::new(scan.page.visible(), scan.language));
        let text = measured.as_ref();
        Report {
            schema: SCHEMA,
            source: source_of(origin),
            format: scan.page.format,
            charset: scan.decoded.charset.to_owned(),
            language: Language { main: scan.language.to_owned(), declared },
            verdict: verdict_of(score),
            risk: score.risk(),
            risk_db: score.risk_db,
            damage: score.damage.round() as u8,
            junk: score.junk.round() as u8,
            topics: score.topics.clone(),
            labels: score.labels.clone(),
            reason: None,
            headline: self.headline(scan, score),
            offsets: Offsets::Bytes,
            findings,
            signals: text.filter(|_| self.quality).map(Text::signals),
            profile: text.zip(self.profile).map(|(text, profile)| {
                let decision = text.decide(profile);
                let (keep, reason) = (decision.keep(), decision.reason);
                Decision { name: profile.name(), keep, reason }
            }),
        }
    }

    fn findings(&self, bytes: &[u8], scan: &Scan<'_>, judged: &Judged) -> Vec<Finding> {
        let Judged { score, marks, aside } = judged;
        if score.findings.is_empty() && aside.is_empty() {
            return Vec::new();
        }
        let places = Places::new(&scan.decoded.text, scan.decoded.source_map(bytes));
        let finding = |evidence: &Evidence, mark: &Mark| {
            let rule = &self.rules.rules()[evidence.rule];
            let in_text = scan.page.source_map.to_source(evidence.span);
            let in_text = evidence.source.unwrap_or(in_text);
            let summary = &rule.definition.summary;
            let counts = mark.suppressed.is_none();
            Finding {
                rule: rule.definition.id.clone(),
                family: rule.family.clone(),
                db: 0.0,
                damage: if counts { evidence.damage.round() as u8 } else { 0 },
                junk: if counts { evidence.junk.round() as u8 } else { 0 },
                zone: evidence.zone,
                span: evidence.span,
                source_span: places.locate(in_text),
                text: excerpt(scan.page.slice(evidence.span)),
                message: match &evidence.note {
                    Some(note) => format!("{summary}: {note}"),
                    None => summary.clone(),
                },
                fingerprint: mark.fingerprint.clone(),
                suppressed: mark.suppressed.clone(),
                baseline_state: mark.baseline_state,
            }
        };
        let counted = score.findings.iter().zip(marks);
        let counted = counted
            .map(|(weighed, mark)| Finding { db: weighed.db, ..finding(&weighed.evidence, mark) });
        let aside = aside.iter().map(|(evidence, mark)| finding(evidence, mark));
        let mut findings: Vec<Finding> = counted.chain(aside).collect();
        findings.sort_by(|a, b| {
            let key = |f: &Finding| (f.source_span.start, f.source_span.end, f.span);
            key(a).cmp(&key(b)).then_with(|| a.rule.cmp(&b.rule))
        });
        findings
    }

    /// The main causes in one sentence.
    fn headline(&self, scan: &Scan<'_>, score: &Score) -> String {
        /// Causes a headline names.
        const CAUSES: usize = 3;
        // The axis that decided speaks first.
        let weight = |weighed: &score::Weighed| match score.verdict {
            score::Verdict::Junk => weighed.evidence.junk,
            score::Verdict::Damaged => weighed.evidence.damage,
            _ if score.risk_db > score::PRIOR_DB => weighed.db,
            _ => weighed.evidence.damage.max(weighed.evidence.junk),
        };
        let adds_up = score.risk_db > score::PRIOR_DB
            && !matches!(score.verdict, score::Verdict::Junk | score::Verdict::Damaged);
        let mut causes: Vec<(&str, f64, usize)> = Vec::new();
        for weighed in &score.findings {
            let summary = self.rules.rules()[weighed.evidence.rule].definition.summary.as_str();
            let add = weight(weighed);
            match causes.iter_mut().find(|(known, _, _)| *known == summary) {
                Some((_, sum, count)) => {
                    // Decibans add up, points of damage and junk do not.
                    *sum = if adds_up { *sum + add } else { sum.max(add) };
                    *count += 1;
                }
                None => causes.push((summary, add, 1)),
            }
        }
        causes.retain(|cause| cause.1 > 0.0);
        causes.sort_by(|a, b| b.1.total_cmp(&a.1));
        let named: Vec<String> = causes
            .iter()
            .take(CAUSES)
            .map(|(summary, _, count)| match count {
                1 => (*summary).to_owned(),
                _ => format!("{summary} (×{count})"),
            })
            .collect();
        let about = match scan.page.title().map(str::trim).filter(|title| !title.is_empty()) {
            Some(title) if score.verdict == score::Verdict::Injected => {
                format!(" in “{}”", excerpt(title).chars().take(60).collect::<String>())
            }
            _ => String::new(),
        };
        if named.is_empty() {
            return "Nothing found.".to_owned();
        }
        let mut sentence = named.join("; ");
        if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
            sentence.replace_range(..1, &first);
        }
        format!("{sentence}{about}.")
    }
}

pub(super) fn verdict_of(score: &Score) -> Verdict {
    match score.verdict {
        score::Verdict::Clean => Verdict::Clean,
        score::Verdict::Damaged => Verdict::Damaged,
        score::Verdict::Suspicious => Verdict::Suspicious,
        score::Verdict::Injected => Verdict::Injected,
        score::Verdict::Spam => Verdict::Spam,
        score::Verdict::Junk => Verdict::Junk,
    }
}

fn source_of(origin: &Origin) -> Source {
    Source {
        path: origin.path.clone(),
        url: origin.url.clone(),
        record: origin.record.clone(),
        offset: origin.offset,
        date: origin.date.clone(),
    }
}

/// At most [`MAX_EXCERPT`] characters, on one line.
fn excerpt(text: &str) -> String {
    let mut excerpt: String = text
        .chars()
        .take(MAX_EXCERPT)
        .map(|c| if c == '\n' || c == '\r' { ' ' } else { c })
        .collect();
    if text.chars().nth(MAX_EXCERPT).is_some() {
        excerpt.pop();
        excerpt.push('…');
    }
    excerpt
}
