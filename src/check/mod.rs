//! Runs the rules and decides what is reported: severity, suppression, merging, order.
