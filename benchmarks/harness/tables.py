"""Figures as a table for the terminal, and as a Markdown page that says where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.figures import Figure

Results = Mapping[str, Sequence[Figure]]

_HEADINGS = ("benchmark", "figure", "value", "goal", "reached", "basis")


def plain(results: Results) -> str:
    """A table with aligned columns."""
    table = [_HEADINGS, *_rows(results)]
    widths = [max(len(row[column]) for row in table) for column in range(len(_HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([lines[0], "-" * min(sum(widths) + 2 * len(widths), 160), *lines[1:]])


def markdown(results: Results, facts: Mapping[str, str], command: str) -> str:
    """A page: the table, and below it the machine, the date, the versions and the command."""
    lines = ["# Benchmarks", "", f"Made by `{command}`.", ""]
    lines += [f"- {key}: {value}" for key, value in facts.items()]
    lines += ["", f"| {' | '.join(_HEADINGS)} |", f"|{' --- |' * len(_HEADINGS)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in _rows(results)]
    return "\n".join([*lines, ""])


def _rows(results: Results) -> list[tuple[str, ...]]:
    return [
        (name, figure.name, figure.value_text, figure.goal_text, figure.verdict, figure.basis)
        for name, figures in results.items()
        for figure in figures
    ]
