//! Points in time as Go has them: an instant and the zone it is shown in.

/// `time.Time`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub seconds: i64,
    /// Nanoseconds in that second.
    pub nanos: u32,
    /// Seconds east of UTC in the zone it is shown in.
    pub offset: i32,
    /// The name of that zone at that time: `UTC`, `CET`; empty where the zone has none.
    pub zone: String,
}
