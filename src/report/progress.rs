//! A line that moves while a run takes long.

use std::io::IsTerminal as _;
use std::io::Write;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::mpsc::Sender;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

/// A run shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// The line is drawn this often.
const PAUSE: Duration = Duration::from_millis(100);
/// The width of the bar, in columns.
const BAR: u32 = 24;
/// The width of what moves in it.
const BLOCK: u32 = 6;

/// A bar on the standard error that shows that a run is alive, from the first half second on, until it is dropped.
///
/// It has a thread of its own and asks nothing of the run. Where the standard error is no terminal there is neither.
#[derive(Debug)]
pub struct Progress {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// A bar that says what is being done ("checking"), on the standard error of this process.
    pub fn on_stderr(what: &'static str) -> Self {
        if std::io::stderr().is_terminal() {
            Self::on(Box::new(std::io::stderr()), what, PATIENCE)
        } else {
            Self { running: None }
        }
    }

    /// A bar on any terminal, which appears after some time.
    pub fn on(out: Box<dyn Write + Send>, what: &'static str, after: Duration) -> Self {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new().name("progress".to_owned());
        // Without a thread there is no bar, and nothing else is lost.
        let running = thread.spawn(move || draw(out, what, after, &stopped)).ok();
        Self { running: running.map(|running| (stop, running)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            // It ends at once, and cannot have panicked in a way that matters here.
            let _ = thread.join();
        }
    }
}

fn draw(mut out: Box<dyn Write + Send>, what: &str, after: Duration, stopped: &Receiver<()>) {
    let start = Instant::now();
    let mut wait = after;
    let mut step = 0;
    while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        wait = PAUSE;
        let seconds = start.elapsed().as_secs_f32();
        let line = format!("\r\x1b[K{what} [{}] {seconds:.1} s", bar(step));
        step += 1;
        if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
            return;
        }
    }
    if step > 0 {
        // A terminal that went away has nothing to wipe.
        let _ = out.write_all(b"\r\x1b[K").and_then(|()| out.flush());
    }
}

/// A block that runs to and fro.
fn bar(step: u32) -> String {
    let room = BAR - BLOCK;
    let turn = step % (2 * room);
    let before = if turn < room { turn } else { 2 * room - turn };
    let blanks = |count: u32| " ".repeat(count as usize);
    format!("{}{}{}", blanks(before), "=".repeat(BLOCK as usize), blanks(room - before))
}
