"""`python -m bench` measures everything, `python -m bench sync race` those two; exit 1 where a figure misses its limit.

Each bench runs in a process of its own, so that none inherits another's memory, caches or database.
"""

import json
import subprocess
import sys
from dataclasses import asdict
from importlib import import_module

from bench import figures, place
from bench.figures import Figure, Results

BENCHES = ("sync", "costs", "memory", "latency", "race", "availability", "bulk", "simulator")
LONGEST_S = 1800


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--within"]:
        return _within(arguments[1])
    unknown = [name for name in arguments if name not in BENCHES]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}. There are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    results: Results = {}
    failed: list[str] = []
    for name in arguments or BENCHES:
        print(f"\n{name}", flush=True)
        measured = _measured(name)
        if measured is None:
            failed.append(name)
            continue
        results[name] = measured
        print(figures.table(measured), flush=True)
        figures.keep(results)
    missed = [figure.name for measured in results.values() for figure in measured if not figure.passed]
    print(f"\n{_sentence(missed, failed)}\nKept in {figures.RESULTS_TEXT.parent.name}/{figures.RESULTS_TEXT.name}.")
    return 1 if missed or failed else 0


def _within(name: str) -> int:
    """In the bench's own process: measure, and answer on the last line of standard output."""
    cluster = place.database()  # Django's models can be imported only after this
    measured = import_module(f"bench.{name}").measure(cluster)
    print(json.dumps([asdict(figure) for figure in measured]))
    return 0


def _measured(name: str) -> list[Figure] | None:
    command = [sys.executable, "-m", "bench", "--within", name]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=LONGEST_S)
    if done.returncode != 0:
        print(f"  {name} ended with {done.returncode}; its words stand above", file=sys.stderr)
        return None
    return [Figure(**told) for told in json.loads(done.stdout.splitlines()[-1])]


def _sentence(missed: list[str], failed: list[str]) -> str:
    parts = [f"{len(missed)} missed: {'; '.join(missed)}."] if missed else []
    parts += [f"Could not be measured: {', '.join(failed)}."] if failed else []
    return " ".join(parts) or "All limits hold."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
