//! A line that moves while a run takes long.

use std::io::IsTerminal as _;
use std::io::Write;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

/// A run shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// The line is drawn at most this often.
const PAUSE: Duration = Duration::from_millis(80);
/// The width of the bar, in columns.
const BAR: usize = 24;

/// A progress bar on the standard error, where that is a terminal and the run takes more than half a second.
///
/// Shared between threads; drawing costs one thread a few microseconds a dozen times a second. The line is wiped
/// away on drop.
pub struct Progress {
    target: Option<Mutex<Target>>,
    done: AtomicUsize,
    total: AtomicUsize,
}

struct Target {
    out: Box<dyn Write + Send>,
    next: Instant,
    what: &'static str,
    drawn: bool,
}

impl Progress {
    /// A bar on the standard error of this process; none where that is not a terminal.
    pub fn on_stderr() -> Self {
        if std::io::stderr().is_terminal() {
            Self::on(Box::new(std::io::stderr()), PATIENCE)
        } else {
            Self::none()
        }
    }

    /// No bar.
    pub fn none() -> Self {
        Self { target: None, done: AtomicUsize::new(0), total: AtomicUsize::new(0) }
    }

    /// A bar on any terminal, which appears after some time.
    pub fn on(out: Box<dyn Write + Send>, after: Duration) -> Self {
        let target = Target { out, next: Instant::now() + after, what: "", drawn: false };
        Self { target: Some(Mutex::new(target)), done: AtomicUsize::new(0), total: AtomicUsize::new(0) }
    }

    /// Begins a part of the run: "reading", "checking", with so many steps.
    pub fn begin(&self, what: &'static str, steps: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(steps, Ordering::Relaxed);
        if let Some(target) = &self.target {
            target.lock().unwrap_or_else(PoisonError::into_inner).what = what;
        }
    }

    /// One step is done.
    pub fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let Some(target) = &self.target else { return };
        // Whoever comes while another thread draws goes on.
        if let Ok(mut target) = target.try_lock() {
            target.draw(done, self.total.load(Ordering::Relaxed));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(target) = &self.target {
            let mut target = target.lock().unwrap_or_else(PoisonError::into_inner);
            if target.drawn {
                // A terminal that went away has nothing to wipe.
                let _ = target.out.write_all(b"\r\x1b[K").and_then(|()| target.out.flush());
            }
        }
    }
}

impl Target {
    fn draw(&mut self, done: usize, total: usize) {
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.next = now + PAUSE;
        let total = total.max(done).max(1);
        let filled = BAR * done / total;
        let bar = format!("{}{}", "=".repeat(filled), " ".repeat(BAR - filled));
        let line = format!("\r\x1b[K{} [{bar}] {done}/{total}", self.what);
        let _ = self.out.write_all(line.as_bytes()).and_then(|()| self.out.flush());
        self.drawn = true;
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Progress({:?} of {:?})", self.done, self.total)
    }
}
