#!/usr/bin/env python3
"""Time `coercivity run` on the common chain beside hand-written programs of the same chain, in turn: A B C ..., A B C ...

    cargo build --release
    python3 benches/peers/run.py --peers FOLDER

FOLDER holds the other programs: python/w_*.py, limit/ and requirements.txt, as benches/peers/README.md describes. They are copied and
built under target/peers, so FOLDER stays as it is. Needs Python 3.10 or newer, and a package index for the first run.

coercivity is timed as a whole process, from its start to its written tables. The others are timed by themselves, after warming up, by
the seconds that they report for draws, simulation and statistics: what it costs to start them or to compile them is not counted.
"""
import argparse, json, os, shutil, statistics, subprocess, sys, tempfile, time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# name: (program, its word for the variant, realizations on one thread, on two)
PEERS = {
    "NumPy": ("w_numpy.py", "numpy", 20480, 40960),
    "numba, as written first": ("w_numba.py", "naive", 10240, 20480),
    "numba, tuned, histogram": ("w_numba.py", "tuned-hist", 102400, 204800),
    "SimPy": ("w_simpy.py", "simpy-full", 60, 120),
    "PySD": ("w_pysd.py", "pysd-sub", 500, 1000),
    "hand-written limit, single precision": ("limit", "lane-xo-bm-f32-w32-full-hist", 204800, 409600),
    "hand-written limit, Philox": ("limit", "lane-ph10-bm-f32-w16-full-hist", 204800, 409600),
}


def arguments():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--peers", type=Path, required=True, help="folder of the other programs")
    a.add_argument("--rounds", type=int, default=5, help="how often each takes its turn (default 5)")
    a.add_argument("--threads", default="1,2", help="comma-separated numbers of threads, 1 or 2 (default 1,2)")
    a.add_argument("--realizations", type=int, default=200_000, help="realizations of coercivity on each thread (default 200,000)")
    a.add_argument("--only", default="", help="comma-separated beginnings of names; all by default")
    a.add_argument("--json", type=Path, help="write every measurement here")
    return a.parse_args()


def prepare(source):
    """A copy of the programs in which they are built once."""
    work = ROOT / "target" / "peers"
    if not (work / "ready").exists():
        print(f"building the other programs in {work.relative_to(ROOT)} ...", file=sys.stderr)
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(source, work, ignore=shutil.ignore_patterns("venv", "target*", "__pycache__"))
        subprocess.run(["chmod", "-R", "u+w", str(work)], check=True)
        subprocess.run([sys.executable, "-m", "venv", str(work / "venv")], check=True)
        pip = [str(work / "venv/bin/pip"), "install", "--quiet", "-r", str(work / "requirements.txt")]
        subprocess.run(pip, check=True)
        subprocess.run(["sh", str(work / "limit/build.sh")], check=True)
        (work / "ready").touch()
    return work


class Worker:
    """A peer: reads `variant realizations threads seed` on a line, answers with its seconds as JSON on a line."""

    def __init__(self, work, program):
        python = [str(work / "venv/bin/python"), str(work / "python" / program)]
        command = [str(work / "limit/target-native/release/scbench")] if program == "limit" else python
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def run(self, variant, n, threads, seed):
        self.process.stdin.write(f"{variant} {n} {threads} {seed}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line.startswith("{"):
            raise SystemExit(f"{variant}: no answer but {line!r}")
        found = json.loads(line)
        return {"rate": found["n"] / found["secs"], "per_cpu": found["n"] / found["cpu"], "megabytes": found["rss"]}


def ours(n, threads, seed):
    """One whole run of coercivity: its wall time, its processor time, its largest memory."""
    program = ROOT / "target/release/coercivity"
    if not program.exists():
        raise SystemExit("target/release/coercivity is missing: cargo build --release")
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "run", ROOT / "scenarios/benchmark-full.toml", "--realizations", n, "--threads", threads, "--seed", seed]
        command += ["--no-baseline", "--no-charts", "--no-realizations", "--quiet", "-o", Path(folder) / "run"]
        began = time.perf_counter()
        child = subprocess.Popen([str(c) for c in command])
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"coercivity ended with exit code {child.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    return {"rate": n / wall, "per_cpu": n / cpu, "megabytes": usage.ru_maxrss / 1024}


def table(results, threads, rounds):
    print(f"\n{threads} thread{'s' if threads > 1 else ''}, medians of {rounds} rounds in turn\n")
    print("| program | realizations a second | MB | coercivity over it |")
    print("|---|---:|---:|---:|")
    mine = results["coercivity"]
    for name, list_ in results.items():
        # Pair by pair: the machine is as busy for one as for the other.
        ratio = statistics.median(a["rate"] / b["rate"] for a, b in zip(mine, list_))
        rate, memory = statistics.median(x["rate"] for x in list_), max(x["megabytes"] for x in list_)
        print(f"| {name} | {rate:,.0f} | {memory:.0f} | {ratio:,.2f} |")


def main():
    a = arguments()
    work = prepare(a.peers)
    wanted = [w for w in a.only.split(",") if w]
    peers = {k: v for k, v in PEERS.items() if not wanted or k.startswith(tuple(wanted))}
    workers = {k: Worker(work, v[0]) for k, v in peers.items()}
    everything = {}
    for threads in [int(t) for t in a.threads.split(",")]:
        results = {"coercivity": []} | {k: [] for k in peers}
        for name, (_, variant, *n) in peers.items():
            workers[name].run(variant, n[threads - 1] if name == "PySD" else min(n[threads - 1], 2048), threads, 99)
        for seed in range(1, a.rounds + 1):
            results["coercivity"].append(ours(a.realizations * threads, threads, seed))
            for name, (_, variant, *n) in peers.items():
                results[name].append(workers[name].run(variant, n[threads - 1], threads, seed))
        table(results, threads, a.rounds)
        everything[threads] = results
    if {1, 2} <= everything.keys():
        one, two = everything[1]["coercivity"], everything[2]["coercivity"]
        print(f"\ncoercivity: two threads over one: {statistics.median(b['rate'] / x['rate'] for x, b in zip(one, two)):.2f}")
    if a.json:
        a.json.write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
