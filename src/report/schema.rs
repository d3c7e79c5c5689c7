//! JSON Schemas of what goes in and out.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::report::{Report, SCHEMA};
use crate::rules::definition::PackDefinition;

/// The schema of a [`Report`], as `scan --format jsonl` writes one per line.
pub fn result() -> Schema {
    let mut schema = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Report>();
    // What the types cannot say.
    let known = [
        ("/properties/schema", json!({ "const": SCHEMA })),
        ("/properties/risk", json!({ "maximum": 100 })),
        ("/properties/damage", json!({ "maximum": 100 })),
        ("/properties/junk", json!({ "maximum": 100 })),
        ("/$defs/Finding/properties/damage", json!({ "maximum": 100 })),
        ("/$defs/Finding/properties/junk", json!({ "maximum": 100 })),
    ];
    for (place, facts) in known {
        if let (Some(Value::Object(target)), Value::Object(facts)) =
            (schema.pointer_mut(place), facts)
        {
            target.extend(facts);
        }
    }
    schema
}

/// The schema of a pack file, for editors.
pub fn pack() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<PackDefinition>()
}
