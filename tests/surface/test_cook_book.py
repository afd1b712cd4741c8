"""What of the recipes test_docs.py does not run: the settings of CI, and every line of a shell. Nothing is run here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from lookoutcv.cli.app import app

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted(ROOT.glob("docs/*.md"))


def block(title: str) -> str:
    """The block of the cook book that begins with a file's name."""
    page = (ROOT / "docs" / "cook-book.md").read_text(encoding="utf-8")
    return next(body for _, body in FENCE.findall(page) if f"# {title}\n" in body)


def strings(value: Any) -> Iterator[str]:
    """Every text in a tree of YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for below in value.values() if isinstance(value, dict) else value:
            yield from strings(below)


def in_shells() -> list[tuple[str, str]]:
    """Every command in a block of a shell or of CI, with its page."""
    found = []
    for page in PAGES:
        for language, body in FENCE.findall(page.read_text(encoding="utf-8")):
            lines = body.replace("\\\n", " ").splitlines() if language == "sh" else []
            if language == "yaml":
                lines = [line for text in strings(yaml.safe_load(body)) for line in text.splitlines()]
            found += [(page.stem, line.strip()) for line in lines if line.strip().startswith("lookout ")]
    return found


@pytest.mark.parametrize(("page", "line"), in_shells(), ids=lambda text: text[:60])
def test_a_line_of_a_shell_names_verbs_and_options_that_there_are(page: str, line: str) -> None:
    words = shlex.split(re.sub(r"\d?>.*", "", line))[1:]
    group: Any = typer.main.get_command(app)
    # Parsed as the command line parses it; nothing is run.
    group.make_context("lookout", list(words), resilient_parsing=False).close()
    verb = group.commands[words[0]]
    while hasattr(verb, "commands"):
        words = words[1:]
        verb = verb.commands[words[0]]
    with verb.make_context(words[0], words[1:]):
        pass


def test_the_settings_of_ci_hold_what_they_need() -> None:
    steps = yaml.safe_load(block(".github/workflows/images.yml"))["jobs"]["drift"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert any("--fail-on medium" in run and "-o report.md" in run for run in runs)
    assert {step["if"] for step in steps if "report.md" in step.get("run", "") and "lookout" not in step["run"]} == {
        "always()"
    }
    job = yaml.safe_load(block(".gitlab-ci.yml"))["drift"]
    assert job["artifacts"]["reports"]["junit"] in job["script"][1]
    assert job["artifacts"]["when"] == "always"
