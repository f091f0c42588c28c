//! plimsoll.yaml, typed, with the place of everything in it.
