#!/usr/bin/env python3
"""Sweeps a study by calling the command, reads its tables with pandas, prints a small one.

    python3 examples/sweep.py [PROGRAM] [FOLDER]

PROGRAM is the command (default: `coercivity`), FOLDER where the sweep leaves its files (default: output/sweep-from-python).
Without pandas the standard library's csv does; the script says so.
"""

import csv
import json
import os
import subprocess
import sys

STUDY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios", "studies", "first-delays.toml")


def sweep(program, study, folder, *more):
    """Runs the study; the command prints one JSON document. What is wrong is told on standard error, and exit code 2 means the input."""
    done = subprocess.run([program, "sweep", study, "-o", folder, "--json", *more], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return json.loads(done.stdout)


def with_pandas(pandas, folder):
    """Reviews down, approvals across, share of demand not served."""
    table = pandas.read_csv(os.path.join(folder, "sweep.csv"))
    chosen = table[(table["metric"] == "unmet_share") & (table["scope"] == "world") & (table["stat"] == "mean")]
    return chosen.pivot(index="review", columns="approval", values="value").round(3).to_string()


def without_pandas(folder):
    """The same, by hand."""
    with open(os.path.join(folder, "sweep.csv"), newline="") as file:
        rows = [r for r in csv.DictReader(file) if (r["metric"], r["scope"], r["stat"]) == ("unmet_share", "world", "mean")]
    reviews = sorted({float(r["review"]) for r in rows})
    approvals = sorted({float(r["approval"]) for r in rows})
    values = {(float(r["review"]), float(r["approval"])): float(r["value"]) for r in rows}
    lines = ["review  " + "".join(f"{a:8g}" for a in approvals)]
    lines += [f"{r:<8g}" + "".join(f"{values[r, a]:8.3f}" for a in approvals) for r in reviews]
    return "\n".join(lines)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "coercivity"
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.join("output", "sweep-from-python")
    told = sweep(program, STUDY, folder, "--no-charts")
    print(f"{told['points']} points of {told['realizations']} realizations in {told['seconds']:.1f} s, in {told['folder']}")
    for outcome in told["outcomes"]:
        print(f"  {outcome['metric']} of {outcome['scope']}: from {outcome['least']:.3g} to {outcome['largest']:.3g}")
    print("\nunmet_share, mean: median review in weeks down, buyers approved in % across")
    try:
        import pandas
    except ImportError:
        print("(pandas is not installed: read with the standard library)")
        print(without_pandas(folder))
    else:
        print(with_pandas(pandas, folder))


if __name__ == "__main__":
    main()
