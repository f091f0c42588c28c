//! Pulumi projects, stacks and programs, read and never run.
