"""Measurements, records and baselines as tables in a terminal, or as JSON."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.measuring.baseline import Baseline
    from lookoutcv.measuring.measurement import Measurement
    from lookoutcv.measuring.records import Records
    from lookoutcv.profiles.profile import Profile
    from lookoutcv.results.images.skipped import Skipped


# Titles of columns that hold words.
_WORDS = ("metric", "unit", "class", "taken for", "confidence", "worst images")


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=str))


def print_measured(measured: Measurement | Records, output: Path | None, as_json: bool) -> None:
    """What `measure` gave: the numbers of one image, or a summary of many."""
    from lookoutcv.measuring.measurement import Measurement

    if isinstance(measured, Measurement):
        print_json(measured.to_dict()) if as_json else _print_measurement(measured)
    elif output is not None:
        _print_written(measured, output, as_json)
    elif as_json:
        _print_rows(measured)
    else:
        print_records(measured)
        print_skipped(measured.skipped, measured.skipped_count)
        typer.echo("A record for every image: add -o records.parquet (or .csv, .json).")


def print_records(records: Records) -> None:
    """A summary of records: each metric's middle and extremes."""
    from lookoutcv.profiles.profile import from_records

    typer.echo(f"{len(records):,} images in {plain(records.name)}")
    _print_profile(from_records(records.table))


def print_baseline(baseline: Baseline, as_json: bool) -> None:
    """What a baseline is and what it holds."""
    profile = baseline.profile
    if as_json:
        print_json(
            {
                "kind": "baseline",
                "name": baseline.name,
                "created": baseline.created,
                "tool": baseline.tool,
                "images": profile.count,
                "skipped": profile.skipped,
                "sample": profile.sample.num_rows,
                "sampling": baseline.sampling,
                "batch_by": baseline.batch_by,
                "check": None if baseline.check is None else baseline.check.to_dict(),
                "model": None if baseline.model is None else baseline.model.to_dict(),
                "accuracy": None if baseline.calibration is None else baseline.calibration.accuracy,
                "counts": profile.counts,
                "metrics": _summary(profile),
            }
        )
        return
    skipped = f", {profile.skipped:,} skipped" if profile.skipped else ""
    typer.echo(f"Baseline of {plain(baseline.name)}: {profile.count:,} images{skipped}, made {baseline.created}")
    for key, counts in profile.counts.items():
        if counts:
            shown = ", ".join(f"{plain(name)} ({times:,})" for name, times in Counter(counts).most_common(6))
            typer.echo(f"  {key}: {shown}{', ...' if len(counts) > 6 else ''}")
    _print_model(baseline)
    _print_profile(profile)
    if baseline.check is not None:
        typer.echo("Its own check:")
        for sentence in baseline.check.sentences:
            typer.echo(f"  - {plain(sentence)}")


def _print_model(baseline: Baseline) -> None:
    model, known = baseline.model, baseline.calibration
    if model is None:
        return
    typer.echo(f"  model: {plain(model.name)}, {model.task}, {len(model.labels):,} classes")
    if known is not None:
        typer.echo(f"  accuracy: {100 * known.accuracy:.1f}% of {known.images:,} labelled images")
        if known.perturbation is not None:
            copies, images = len(known.perturbation.names), known.perturbation.images
            corrupted = f"{copies} corrupted copies of each of {images:,} images"
            typer.echo(f"  perturbation calibration: estimates without labels, on {corrupted}")
    elif model.task == "classification":
        typer.echo("  accuracy: unknown, for want of labels that are the model's (a folder a class)")


def _print_measurement(measured: Measurement) -> None:
    from lookoutcv.metrics import registry
    from lookoutcv.outputs import registry as outputs
    from lookoutcv.reports.parts.numbers import unit_words

    facts = {k: v for k, v in measured.facts.items() if v is not None and k != "content_hash"}
    typer.echo(f"{plain(measured.id) or 'image'}  " + "  ".join(f"{k}={plain(str(v))}" for k, v in facts.items()))
    answered = measured.prediction.get("prediction")
    if answered is not None:
        typer.echo(f"answer: {plain(str(answered))}")
    rows = []
    of_answer = {name: value for name, value in measured.prediction.items() if name in outputs}
    for name, value in {**measured, **of_answer}.items():
        known = next((its.get(name) for its in (registry, outputs) if name in its), None)
        unit = "" if known is None else unit_words(known.unit)
        text = f"{value:016x}" if isinstance(value, int) else _number(value)
        rows.append((name, text, unit))
    print_table(("metric", "value", "unit"), rows)


def _print_profile(profile: Profile) -> None:
    rows = [
        (name, *(_number(values[key]) for key in ("minimum", "p05", "median", "p95", "maximum")))
        for name, values in _summary(profile).items()
    ]
    print_table(("metric", "min", "5%", "median", "95%", "max"), rows)


def _summary(profile: Profile) -> dict[str, dict[str, float | None]]:
    return {
        name: {
            "mean": histogram.mean,
            "minimum": histogram.quantile(0.0),
            "p05": histogram.quantile(0.05),
            "median": histogram.quantile(0.5),
            "p95": histogram.quantile(0.95),
            "maximum": histogram.quantile(1.0),
        }
        for name, histogram in profile.histograms.items()
    }


def _print_written(records: Records, output: Path, as_json: bool) -> None:
    if as_json:
        skipped = [{"id": one.id, "reason": one.reason} for one in records.skipped]
        print_json({"written": str(output), "images": records.count, "skipped": skipped})
        return
    print_skipped(records.skipped, records.skipped_count)
    typer.echo(masked(f"Wrote {records.count:,} records to {output}"))


def _print_rows(records: Records) -> None:
    from lookoutcv.records.writers import WRITERS

    writer = WRITERS["json"](sys.stdout.buffer, records.schema)
    for batch in records.batches():
        writer.write(batch)
    writer.close()


def print_skipped(skipped: Sequence[Skipped | tuple[str, str]], count: int) -> None:
    """Images that could not be read, the first ten with the reason."""
    if not count:
        return
    typer.echo(f"{count:,} {'file was' if count == 1 else 'files were'} skipped:")
    for one in skipped[:10]:
        id, reason = one if isinstance(one, tuple) else (one.id, one.reason)
        typer.echo(f"  {plain(id)}: {plain(reason)}")
    if count > 10:
        typer.echo(f"  and {count - 10:,} more")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns under titles: words to the left, numbers to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for position, title in enumerate(header):
        table.add_column(title, justify="left" if title in _WORDS else "right", no_wrap=position < 2)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    width = None if sys.stdout.isatty() else 120
    Console(width=width, highlight=False).print(table)


def _number(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "-"
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def plain(text: str) -> str:
    """Names come from strangers: control characters must not reach the terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
