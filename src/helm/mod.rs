//! Charts and values to rendered manifests, with the values line behind every scalar.
