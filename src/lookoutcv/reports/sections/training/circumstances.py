"""How a training run was done: what was asked for, with what, on what machine."""

from __future__ import annotations

from typing import Any

from lookoutcv.reports.parts.content_blocks import Facts, Items
from lookoutcv.reports.parts.date_words import day_and_time
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.durations import duration
from lookoutcv.results.training_run import TrainingRun


def circumstances_section(run: TrainingRun) -> Section:
    """Notes, settings and versions."""
    blocks: list[Block] = [Items(tuple(run.notes))] if run.notes else []
    asked = {**run.settings, "seed": run.seed}
    settings = tuple(_setting(key, value) for key, value in asked.items() if value is not None)
    # The device that was asked for may be "auto".
    blocks.append(Facts((*settings, ("ran on", run.device), ("took", duration(run.seconds))), "Settings"))
    if run.versions:
        blocks.append(Facts(tuple(run.versions.items()), "Versions"))
    return Section("How it was done", tuple(blocks))


def run_provenance(run: TrainingRun) -> Facts:
    """Who made the run, and when."""
    facts = (("Made by", run.tool), ("Run made", day_and_time(run.created)))
    return Facts(tuple((label, value) for label, value in facts if value))


def _setting(key: str, value: Any) -> tuple[str, str]:
    if key.endswith("_seconds"):
        return key.removesuffix("_seconds"), duration(value)
    return key.replace("_", " "), _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value)) or "none"
    return str(value)
