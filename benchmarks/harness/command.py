"""The command line that every benchmark has: `python benchmarks/NAME.py [--data DIR] [--verbose] ...`."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from harness.figures import Benchmark, Figure, Goal, Option
from harness.machine import facts
from harness.tables import markdown, plain


def parser(description: str, options: Sequence[Option]) -> ArgumentParser:
    """The options that every benchmark has, and some of its own."""
    known = ArgumentParser(description=description)
    known.add_argument("--data", type=Path, help="a folder of JPEG files; unless given, small ones are made")
    known.add_argument("--verbose", action="store_true", help="more figures: where the time goes")
    known.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there as Markdown too")
    for option in options:
        text = f"{option.help} (default: {option.default})"
        if isinstance(option.default, bool):
            known.add_argument(option.flag, action=BooleanOptionalAction, default=option.default, help=text)
        else:
            known.add_argument(option.flag, type=type(option.default), default=option.default, help=text)
    return known


def main(benchmark: Benchmark) -> None:
    """Run one benchmark as a program, and print its table."""
    known = parser(benchmark.title, benchmark.options)
    known.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, for a program")
    settings = known.parse_args()
    if settings.data is not None and not settings.data.is_dir():
        known.error(f"there is no folder {settings.data}")
    name = Path(sys.argv[0]).stem
    about = facts()
    figures = list(benchmark.measure(settings))
    print(plain({name: figures}))
    if settings.json is not None:
        settings.json.write_text(json.dumps([asdict(figure) for figure in figures]))
    if settings.markdown is not None:
        settings.markdown.write_text(markdown({name: figures}, about, command_line()))


def figures_from(path: Path) -> list[Figure]:
    """The figures that `--json` wrote."""
    return [
        Figure(**{**one, "goal": None if one["goal"] is None else Goal(**one["goal"])})
        for one in json.loads(path.read_text())
    ]


def arguments_for(benchmark: Benchmark, settings: Namespace) -> list[str]:
    """The settings as the command line of one benchmark; an option that is None keeps the benchmark's own default."""
    arguments = [] if settings.data is None else ["--data", str(settings.data)]
    if settings.verbose:
        arguments.append("--verbose")
    for option in benchmark.options:
        value = getattr(settings, option.name)
        if value is None:
            continue
        if isinstance(option.default, bool):
            arguments.append(option.flag if value else f"--no-{option.flag.removeprefix('--')}")
        else:
            arguments += [option.flag, str(value)]
    return arguments


def command_line() -> str:
    """The command as it was typed, but for the folders of whoever typed it."""
    words = [Path(word).name if "/" in word and Path(word).is_absolute() else word for word in sys.argv]
    return " ".join(["python", *words])
