//! In: arguments. Out: what was asked for, and an exit code: 0 done, 1 the run failed, 2 the input is wrong, 3 a threshold was
//! not met, 130 interrupted.

mod check;
mod compare;
mod explain;
mod finish;
mod folder;
mod inputs;
mod kept;
mod load;
mod merge;
mod options;
mod progress;
mod run;
mod shard;
mod sweep;
mod sweep_merge;
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
  coercivity run scenarios/first.toml --until 3% --realizations 20000
  coercivity merge output/first-1 output/first-2 -o output/first
  coercivity compare scenarios/heavy-ban.toml --with 'event.ban.duration=13 weeks'
  coercivity explain output/first --realization 17
  coercivity sweep scenarios/studies/first-delays.toml

Exit codes: 0 done, 1 the run failed, 2 the input is wrong, 3 not as precise as asked, 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario and leave its tables and charts in a folder.
    Run(run::RunArguments),
    /// Run variants through the same futures and tell what a change changes.
    Compare(compare::CompareArguments),
    /// Replay one realization of a run in every detail, and tell what bound where.
    Explain(explain::ExplainArguments),
    /// Run a scenario at many points of a design over its fields; finished points survive any interruption.
    Sweep(sweep::SweepArguments),
    /// List everything wrong with a scenario, then print its undisturbed balance.
    Check(check::CheckArguments),
    /// Merge the shards of a run or a sweep into the folder that the whole would have left.
    Merge(merge::MergeArguments),
}

/// How a command ended.
pub(crate) enum Outcome {
    Done,
    Wrong,
    Missed,
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
        Command::Sweep(a) => sweep::sweep(a),
        Command::Check(a) => check::check(a),
        Command::Merge(a) => merge::merge(a),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Wrong) => ExitCode::from(2),
        Ok(Outcome::Missed) => ExitCode::from(3),
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
