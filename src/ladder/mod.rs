//! The one model of all environments that cross-environment rules read.
