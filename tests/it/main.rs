//! The one test program: every test of the project is a module of it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking, helpers of tests too"
)]

mod baseline;
mod card_fixes;
mod cards;
mod check_command;
mod compose;
mod compose_command;
mod compose_conformance;
mod compose_laws;
mod config;
mod cost;
mod cost_command;
mod discover;
mod evidence;
mod example;
mod findings;
mod fix;
mod git;
mod helm_chart;
mod helm_chart_conformance;
mod helm_chart_laws;
mod helm_chart_origin;
mod helm_chart_values;
mod helm_engine;
mod helm_four;
mod helm_reads;
mod history;
mod kubernetes_quantities;
mod kubernetes_rules;
mod kubernetes_schemas;
mod ladder;
mod laws;
mod network_policy;
mod pulumi_go;
mod pulumi_python;
mod pulumi_support;
mod pulumi_typescript;
mod pulumi_yaml;
mod report;
mod source;
mod suppression;
mod tidy;
mod values_fixes;
mod why_command;
mod yaml_breakage;
mod yaml_conformance;
mod yaml_edits;
mod yaml_hostile;
mod yaml_law;
mod yaml_laws;
mod yaml_places;
mod yaml_values;
