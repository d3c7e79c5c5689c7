//! Packs to rules to findings.
pub mod definition;

/// The compiled rules.
#[derive(Debug)]
pub struct RuleSet;

/// stub
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct RulesError;

impl RuleSet {
    /// stub
    pub fn builtin() -> Result<Self, RulesError> {
        Ok(Self)
    }
}
