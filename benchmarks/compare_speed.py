"""What a comparison of many records costs, against a plain loop of scipy's Kolmogorov-Smirnov test over the columns.

The sample is raised to all rows, so every test and every effect sees every record (the correlation of the metrics is
taken from 10,000); the loop gives p-values alone. Both read the same columns, which lie in memory. What `monitor` does,
a profile with a sample of 20,000 and its comparison, is timed beside it.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from scipy.stats import ks_2samp

from harness import clocks, synthetic
from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from lookoutcv.drift.compare import compare
from lookoutcv.profiles.profile import from_records


def measure(settings: Namespace) -> Iterator[Figure]:
    """The loop against the comparison, turn by turn; then what making the window's profile costs."""
    metrics = synthetic.columns(settings.columns)
    before = synthetic.records(settings.baseline_rows, metrics, seed=1)
    after = synthetic.records(settings.window_rows, metrics, seed=2, shift=0.02)
    baseline, window = (from_records(side, sample_size=side.num_rows) for side in (before, after))
    pairs = [(_column(before, m.name), _column(after, m.name)) for m in metrics]
    report = compare(baseline, window)
    if (report.window.tested, len(report.metrics)) != (settings.window_rows, len(metrics)):
        raise RuntimeError(f"only {report.window.tested} rows of {len(report.metrics)} metrics were tested")
    work = {
        "loop": lambda: loop(pairs),
        "compare": lambda: compare(baseline, window),
        "profile": lambda: from_records(after, sample_size=settings.window_rows),
        "monitor": lambda: compare(baseline, from_records(after)),
    }
    rounds = clocks.take_turns(work, settings.repeats, warm_up=False)
    about = f"{settings.window_rows:,} x {len(metrics)} against {settings.baseline_rows:,} rows"
    gain = rounds.ratio("loop", over="compare")
    yield Figure(
        "ks_2samp loop over compare, every test and effect, CPU",
        gain.middle,
        "x",
        gain.basis(about),
        Goal(10, at_least=True),
    )
    both = clocks.Spread.of(
        [
            one / (two + three)
            for one, two, three in zip(*(rounds.seconds[name] for name in ("loop", "compare", "profile")), strict=True)
        ]
    )
    yield Figure("the same with the window's profile made from records", both.middle, "x", both.basis())
    as_monitored = rounds.ratio("loop", over="monitor")
    yield Figure(
        "ks_2samp loop over profile and comparison of its sample, CPU", as_monitored.middle, "x", as_monitored.basis()
    )
    titles = {"loop": "ks_2samp loop", "compare": "compare", "profile": "window's profile", "monitor": "as monitored"}
    for name, title in titles.items():
        time = rounds.time(name)
        yield Figure(f"{title}, CPU", time.middle, "s", time.basis())


def loop(pairs: Sequence[tuple[Any, Any]]) -> list[float]:
    """The reference: one test a column, one after the other."""
    return [ks_2samp(before, after).pvalue for before, after in pairs]


def _column(table: pa.Table, name: str) -> Any:
    return table.column(name).combine_chunks().to_numpy(zero_copy_only=False)


BENCHMARK = Benchmark(
    "comparison against a loop of scipy's test",
    measure,
    [
        Option("--window-rows", 1_000_000, "records of the window"),
        Option("--baseline-rows", 50_000, "records of the baseline"),
        Option("--columns", synthetic.COLUMNS, "metrics"),
        Option("--repeats", 3, "how often each side is timed, in turn"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
