//! The command. Each subcommand is a file in `cli/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    coercivity::cli::main()
}
