use crate::rules::{Problem, RuleSet, RulesError};
use crate::score::Policy;
use crate::settings::{Date, InForce, RuleSetting, SettingsFile, Size, Switch, Wanted};

/// All faults of a text, of its form or of what it names.
fn faults(source: &str) -> String {
    let file = match SettingsFile::read("crawlint.toml", source) {
        Ok(file) => file,
        Err(error) => return error.to_string(),
    };
    let rules = RuleSet::compile(&[], true).expect("the built-in packs are right");
    let wanted = Wanted { files: vec![file], ..Wanted::default() };
    let problems: Vec<Problem> = InForce::resolve(&wanted, &rules).err().unwrap_or_default();
    RulesError { problems }.to_string()
}

#[test]
fn settings_are_read() {
    let source =
        "[policy]\ngambling = \"spam\"\nloan = 'ignore'\n[rules]\n\"links/\" = \"off\"\nLEX = 2\n";
    let settings = SettingsFile::read("crawlint.toml", source).expect("it is right").settings;
    assert_eq!(settings.policy["gambling"], Policy::Spam);
    assert_eq!(settings.policy["loan"], Policy::Ignore);
    assert_eq!(settings.rules["links/"], RuleSetting::Switch(Switch::Off));
    assert_eq!(settings.rules["LEX"], RuleSetting::Weight(2.0));
    assert_eq!(faults(""), "");
    assert_eq!(faults(source), "");
}

#[test]
fn unknown_names_are_faults_with_a_place_and_a_suggestion() {
    for (source, said) in [
        (
            "[policy]\ngamblin = \"spam\"\n",
            "crawlint.toml:2:1: unknown topic `gamblin`; did you mean `gambling`?",
        ),
        (
            "[policy]\nadult = \"span\"\n",
            "crawlint.toml:2:9: unknown value `span`; did you mean `spam`?",
        ),
        ("[polisy]\n", "crawlint.toml:1:2: unknown key `polisy`; did you mean `policy`?"),
        (
            "\n[gate]\nfail-on = []\n",
            "crawlint.toml:3:1: unknown key `fail-on`; did you mean `fail_on`?",
        ),
        ("[rules]\n\"topics/loan-clutser\" = \"off\"\n", "crawlint.toml:2:1: unknown rule"),
        ("[rules]\nLEX = 11\n", "crawlint.toml:2:1: a weight is a number from 0"),
        ("[rules]\nLEX = \"of\"\n", "a rule is \"on\", \"off\", or a number"),
        (
            "[thresholds]\nsuspicious = 9.0\n",
            "crawlint.toml:1:2: `suspicious` (9 dB) must not lie above",
        ),
        ("[[override]]\npaths = [\"a\", \"b[\"]\n", "crawlint.toml:2:15: no glob: "),
        ("[[override]]\npaths = []\n", "name at least one path"),
        ("[[allow]]\nrule = \"LEX\"\nreason = \"x\"\n", "crawlint.toml:2:1: say where"),
        (
            "[[allow]]\nrule = \"LEX\"\npaths = [\"a\"]\nreason = \" \"\n",
            "crawlint.toml:4:1: say why",
        ),
        (
            "[[allow]]\nrule = \"LEX\"\nfingerprint = \"12\"\nreason = \"x\"\n",
            "crawlint.toml:3:1: a fingerprint has",
        ),
        ("[[allow]]\nrule = \"LEX\"\npaths = [\"a\"]\n", "missing field `reason`"),
        ("[[allow]]\nexpires = 2020-01-01T00:00:00\n", "write a day and nothing else"),
        ("[policy]\nloan = 3", "crawlint.toml:2:8: "),
        ("[policy\n", "crawlint.toml:1:"),
    ] {
        let faults = faults(source);
        assert!(faults.contains(said), "{source}\n{faults}");
    }
}

#[test]
fn every_name_that_is_wrong_is_told_at_once() {
    let faults = faults("[policy]\nx = \"spam\"\ny = \"spam\"\n[rules]\nz = \"off\"\n");
    assert_eq!(faults.lines().count(), 3, "{faults}");
}

#[test]
fn days() {
    assert_eq!(Date::from_days(11_016).to_string(), "2000-02-29");
    assert_eq!(Date::from_days(11_017).to_string(), "2000-03-01");
    assert_eq!(Date::from_days(20_819).to_string(), "2027-01-01");
    assert_eq!(Date::from_days(20_818).to_string(), "2026-12-31");
    assert!(Date::from_days(20_818) < Date::from_days(20_819));
}

#[test]
fn sizes() {
    let size = |text: &str| Size::Text(text.to_owned()).bytes();
    assert_eq!(size("500k"), Ok(500_000));
    assert_eq!(size("32MiB"), Ok(32 << 20));
    assert_eq!(size(" 7 "), Ok(7));
    assert_eq!(Size::Bytes(7).bytes(), Ok(7));
    assert_eq!(size("1 gib").map_err(|_| ()), Err(()));
    for wrong in ["", "k", "-1", "1.5M", "3 parsecs", "99999999999999999999", "0", "5GB"] {
        assert!(size(wrong).is_err(), "{wrong}");
    }
}
