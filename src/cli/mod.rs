//! In: arguments. Out: what was asked for, and an exit code: 0 done, 1 the run failed, 2 the input is wrong, 3 a threshold was
//! not met, 130 interrupted.

mod check;
mod compare;
mod explain;
mod folder;
mod kept;
mod load;
mod options;
mod progress;
mod run;
mod variants;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What happens to a supply chain, and to whom, when somebody tightens it.
#[derive(Debug, Parser)]
#[command(name = "coercivity", version, about, max_term_width = 100, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  coercivity check scenarios/first.toml
  coercivity run scenarios/2025-export-licences.toml
  coercivity run scenarios/2025-export-licences.toml --realizations 1000 --set event.april-licences.controlled_share=0.8
  coercivity compare scenarios/heavy-ban.toml --with 'event.ban.duration=\"13 weeks\"'  coercivity explain output/heavy-ban-1a2b3c4d --realization 17

Exit codes: 0 done, 1 the run failed, 2 the input is wrong, 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario and leave its tables and charts in a folder.
    Run(run::RunArguments),
    /// Run variants through the same futures and tell what a change changes.
    Compare(compare::CompareArguments),
    /// Replay one realization of a run in every detail, and tell what bound where.
    Explain(explain::ExplainArguments),
    /// List everything wrong with a scenario, then print its undisturbed balance.
    Check(check::CheckArguments),
}

/// The arguments of a run, as its manifest has them; none: they are those of another command, or of none.
pub(crate) fn run_arguments(words: &[String]) -> Option<run::RunArguments> {
    let line = std::iter::once("coercivity").chain(words.iter().map(String::as_str));
    match Arguments::try_parse_from(line).ok()?.command {
        Command::Run(a) => Some(a),
        Command::Check(_) | Command::Compare(_) | Command::Explain(_) => None,
    }
}

/// How a command ended.
pub(crate) enum Outcome {
    Done,
    Wrong,
    Interrupted,
}

/// Prints to standard output; a reader who has heard enough (`| head`) is no failure.
pub(crate) fn print(text: &str) -> std::io::Result<()> {
    use std::io::Write;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Reads the arguments, runs the command, says what went wrong.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.command {
        Command::Run(a) => run::run(a),
        Command::Compare(a) => compare::compare(a),
        Command::Explain(a) => explain::explain(a),
        Command::Check(a) => check::check(a),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Wrong) => ExitCode::from(2),
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
