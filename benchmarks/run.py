"""Run every benchmark of this folder, each in a process of its own, and print one table.

A benchmark is a file beside this one with a `BENCHMARK`; a new one needs no edit here.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.command import arguments_for, command_line, figures_from, parser
from harness.figures import Benchmark, Figure
from harness.machine import facts
from harness.tables import markdown, plain

_HERE = Path(__file__).resolve().parent


def found() -> dict[str, Benchmark]:
    """The benchmarks of this folder by the names of their files."""
    names = sorted(path.stem for path in _HERE.glob("*.py") if path.resolve() != Path(__file__).resolve())
    return {name: benchmark for name in names if (benchmark := _in_file(name)) is not None}


def _in_file(name: str) -> Benchmark | None:
    try:
        benchmark: Benchmark | None = getattr(importlib.import_module(name), "BENCHMARK", None)
    except Exception as error:  # one that is broken must not keep the others from running
        return Benchmark(f"cannot be imported ({type(error).__name__}: {error})", lambda settings: iter(()))
    return benchmark


def run(name: str, benchmark: Benchmark, settings: Namespace) -> list[Figure]:
    """The figures of one benchmark; where it fails, one that says so."""
    with TemporaryDirectory() as folder:
        told = Path(folder, "figures.json")
        command = [sys.executable, str(_HERE / f"{name}.py"), *arguments_for(benchmark, settings), "--json", str(told)]
        # As the command line sets it: with more, small matrices cost the spinning of threads that wait.
        environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ}
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env=environment)
        if done.returncode or not told.exists():
            return [Figure(benchmark.title, None, "", f"failed: exit code {done.returncode}")]
        return figures_from(told)


def main() -> int:
    """Run them; 1 where one failed, else 0: a goal that is missed is a figure, not a failure."""
    benchmarks = found()
    options = {option.flag: option for benchmark in benchmarks.values() for option in benchmark.options}
    known = parser(__doc__ or "", list(options.values()))
    known.add_argument("--only", nargs="+", choices=benchmarks, metavar="NAME", help=f"of {', '.join(benchmarks)}")
    # Benchmarks share flags, each with a default of its own: what is not given is left to them.
    known.set_defaults(**{option.name: None for option in options.values()})
    settings = known.parse_args()
    if settings.data is not None and not settings.data.is_dir():
        known.error(f"there is no folder {settings.data}")
    about = facts()
    results: dict[str, list[Figure]] = {}
    for name in settings.only or benchmarks:
        print(f"{name}: {benchmarks[name].title} ...", file=sys.stderr, flush=True)
        results[name] = run(name, benchmarks[name], settings)
    print("\n".join(f"{key}: {value}" for key, value in about.items()), end="\n\n")
    print(plain(results))
    if settings.markdown is not None:
        settings.markdown.write_text(markdown(results, about, command_line()))
    return int(any(figure.basis.startswith("failed:") for figures in results.values() for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
