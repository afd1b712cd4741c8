"""The command line mirrors the API: the same verbs with the same arguments."""

from __future__ import annotations

import inspect
import typing

import pytest

import lookoutcv as lo
from lookoutcv.cli import baseline, compare, measure, monitor
from lookoutcv.measuring.options import Options

VERBS = {
    "measure": measure.measure,
    "baseline": baseline.baseline,
    "monitor": monitor.monitor,
    "compare": compare.compare,
}
# What only a command line has: how and where to print, and the exit code.
ONLY_COMMAND_LINE = {"as_json", "output", "html", "fail_on", "interactive", "no_cache", "set_", "no_inference"}
# `thumbnails` and `redact` mean nothing to `measure`; a progress bar is a callable in the API.
ONLY_API = {"progress", "thumbnails", "redact"}


@pytest.mark.parametrize("name", VERBS)
def test_verb_and_function_take_the_same_arguments(name: str) -> None:
    verb = set(inspect.signature(VERBS[name]).parameters)
    function = {p for p in inspect.signature(getattr(lo, name)).parameters if p != "options"}
    options = set(typing.get_type_hints(Options))
    assert verb - ONLY_COMMAND_LINE - ONLY_API == (function | options) - ONLY_API - ONLY_COMMAND_LINE


def test_every_option_of_the_api_is_described() -> None:
    described = inspect.getdoc(Options) or ""
    assert [name for name in typing.get_type_hints(Options) if f"{name}:" not in described] == []
