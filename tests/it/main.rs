//! The one test program: every test of the project is a module of it.

mod baseline;
mod cards;
mod check_command;
mod compose;
mod compose_conformance;
mod compose_laws;
mod config;
mod cost;
mod fix;
mod helm_chart;
mod helm_chart_laws;
mod helm_chart_values;
mod helm_engine;
mod kubernetes_quantities;
mod kubernetes_rules;
mod kubernetes_schemas;
mod pulumi_go;
mod pulumi_support;
mod report;
mod source;
mod suppression;
mod tidy;
mod yaml_conformance;
mod yaml_laws;
mod yaml_values;
