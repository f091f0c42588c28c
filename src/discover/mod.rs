//! Which files make which environment, and why.
