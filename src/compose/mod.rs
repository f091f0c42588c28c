//! Compose files to the project that would run, with the origin of every value.
