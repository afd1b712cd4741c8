"""What a gate's judges of one image cost beside decoding it, and how many photographs they refuse.

Photographs of `--data DIR`, or made here from shipped ones, as they are; all are good, so that each refusal is a false
one, or one that a person would want to see.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness import clocks
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.pictures import describe, jpeg_files
from lookoutcv.gate.judges.base import Judge, registry
from lookoutcv.images import read
from lookoutcv.pixels.view import ImageView
from measure_speed import decode

_GOAL = Goal(0.2)
_TIMED = 200


def measure(settings: Namespace) -> Iterator[Figure]:
    """CPU over bare decoding, of what needs the shared survey alone; then refusals by judge."""
    alone = [one for one in registry if one.memory is None and not one.needs]
    remembering = [one for one in registry if one.memory is not None]
    with jpeg_files(settings) as files:
        some = files[:_TIMED]
        views = [ImageView(read(path).pixels) for path in some]
        for view in views:
            assert view.survey  # which the score of sharpness and the metrics need anyway
        work = {
            "decode": lambda: decode(some),
            "one image": lambda: _ask(alone, views),
            "with memory": lambda: _ask(remembering, views),
        }
        rounds = clocks.take_turns(work, settings.rounds)
        about = describe(some)
        for name, goal in (("one image", _GOAL), ("with memory", None)):
            ratio = rounds.ratio(name, over="decode")
            yield Figure(f"judges {name}, CPU over bare decoding", ratio.middle, "x", ratio.basis(about), goal)
        for judge in alone:
            refused = sum(_refused(judge, path) for path in files)
            yield Figure(f"photographs refused by {judge.name}", refused, "", f"of {len(files):,}")


def _ask(judges: Sequence[Judge], views: Sequence[ImageView]) -> None:
    memories = {one.name: one.memory() for one in judges if one.memory is not None}
    for view in views:
        for one in judges:
            if one.memory is None:
                one.measure(view, {})
            else:
                one.measure(view, {}, memories[one.name])


def _refused(judge: Judge, path: Path) -> bool:
    values = judge.measure(ImageView(read(path).pixels), {}).values
    return any(limit.reason(values[limit.number]) for limit in judge.limits)


BENCHMARK = Benchmark("judges of a gate", measure, [Option("--rounds", 5, "how often each side is timed, in turn")])

if __name__ == "__main__":
    main(BENCHMARK)
