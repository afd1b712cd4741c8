"""Measurements and records as tables in a terminal, or as JSON."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lookoutcv.cli.printing.profile import number, print_profile
from lookoutcv.cli.printing.tables import plain, print_json, print_skipped, print_table
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.measuring.measurement import Measurement
    from lookoutcv.measuring.records import Records


def print_measured(measured: Measurement | Records, output: Path | None, as_json: bool) -> None:
    """What `measure` gave: the numbers of one image, or a summary of many."""
    from lookoutcv.measuring.measurement import Measurement

    if isinstance(measured, Measurement):
        print_json(measured.to_dict()) if as_json else _print_measurement(measured)
    elif output is not None:
        _print_written(measured, output, as_json)
    elif as_json:
        _print_rows(measured)
        _print_notes(measured, err=True)
    else:
        print_records(measured)
        print_skipped(measured.skipped, measured.skipped_count)
        _print_notes(measured)
        typer.echo("A record for every image: add -o records.parquet (or .csv, .json).")


def print_records(records: Records) -> None:
    """A summary of records: each metric's median and extremes."""
    from lookoutcv.profiles.profile import from_records
    from lookoutcv.reports.parts.display_text import counted

    typer.echo(f"{counted(len(records), 'image')} in {plain(records.name)}")
    print_profile(from_records(records.table))


def _print_measurement(measured: Measurement) -> None:
    from lookoutcv.metrics import registry
    from lookoutcv.outputs import registry as outputs
    from lookoutcv.records.text import hash_text
    from lookoutcv.reports.parts.numbers import unit_words

    facts = {k: v for k, v in measured.facts.items() if v is not None and k != "content_hash"}
    typer.echo(f"{plain(measured.id) or 'image'}  " + "  ".join(f"{k}={plain(str(v))}" for k, v in facts.items()))
    prediction = measured.prediction.get("prediction")
    if prediction is not None:
        typer.echo(f"answer: {plain(str(prediction))}")
    rows = []
    output_values = {name: value for name, value in measured.prediction.items() if name in outputs}
    for name, value in {**measured, **output_values}.items():
        metric = next((room.get(name) for room in (registry, outputs) if name in room), None)
        unit = "" if metric is None else unit_words(metric.unit)
        text = hash_text(value) if isinstance(value, int) else number(value)
        rows.append((name, text, unit))
    print_table(("metric", "value", "unit"), rows)


def _print_written(records: Records, output: Path, as_json: bool) -> None:
    if as_json:
        skipped = [{"id": image.id, "reason": image.reason} for image in records.skipped]
        print_json({"written": str(output), "images": records.count, "skipped": skipped, "notes": list(records.notes)})
        return
    print_skipped(records.skipped, records.skipped_count)
    _print_notes(records)
    typer.echo(masked(f"Wrote {records.count:,} records to {output}"))


def _print_notes(records: Records, *, err: bool = False) -> None:
    for note in records.notes:
        typer.echo(plain(note), err=err)


def _print_rows(records: Records) -> None:
    from lookoutcv.records.writers import WRITERS

    writer = WRITERS["json"](sys.stdout.buffer, records.schema)
    for batch in records.batches():
        writer.write(batch)
    writer.close()
