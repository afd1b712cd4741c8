"""The command line mirrors the API: the same verbs with the same arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.cli.app import app
from lookoutcv.measuring.measuring_settings import Options

VERBS: dict[str, Callable[..., Any]] = {
    command.name or command.callback.__name__: command.callback
    for command in app.registered_commands
    if command.callback is not None
}
# Verbs that only talk to a person, or write a file to start with: what they tell is in `lo.load` and the registries.
WITHOUT_FUNCTION = {"demo", "show", "plugins", "doctor", "init"}
MIRRORED = sorted(set(VERBS) - WITHOUT_FUNCTION)
# What only a command line has: how and where to print, and the exit code.
# `explain_share` is `lo.attention`'s in Python.
ONLY_COMMAND_LINE = {
    "as_json",
    "output",
    "html",
    "fail_on",
    "interactive",
    "template",
    "logo",
    "no_cache",
    "set_",
    "no_inference",
    "explain_share",
    "force",
}
# `thumbnails` and `redact` mean nothing to `measure`; `path` is `--output`; the others are callables.
ONLY_API = {"progress", "on_epoch", "on_ready", "on_note", "on_run", "measurers", "thumbnails", "redact", "path"}


def test_every_verb_is_looked_at() -> None:
    assert {"measure", "baseline", "monitor", "compare", "predict", "evaluate", "card"} <= set(MIRRORED)
    assert set(VERBS) >= WITHOUT_FUNCTION
    assert [name for name in WITHOUT_FUNCTION if name in lo.__all__] == []


@pytest.mark.parametrize("name", MIRRORED)
def test_verb_and_function_take_the_same_arguments(name: str) -> None:
    verb = set(inspect.signature(VERBS[name]).parameters)
    function = set(inspect.signature(getattr(lo, name)).parameters)
    if "options" in function:
        function = (function - {"options"}) | set(Options.__annotations__)
    assert verb - ONLY_COMMAND_LINE - ONLY_API == function - ONLY_API - ONLY_COMMAND_LINE
