//! Arguments in, exit code out.

use std::process::ExitCode;

/// Templates and trees are many small allocations, made and dropped on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    plimsoll::cli::main()
}
