//! What environments cost and what their nodes can carry.
