"""The recipes that test_docs.py does not run: the nightly script, the settings of CI, and every line of a shell."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from lookoutcv.cli.main import app, main
from lookoutcv.corruptions.blur import defocus
from lookoutcv.demo.photographs import photograph

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


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """What the nightly script finds: itself, its programs, a baseline and a bad day in yesterday's folder."""
    photograph(tmp_path / "good", 60, seed=1)
    assert main(["baseline", str(tmp_path / "good"), "-o", str(tmp_path / "baseline.parquet"), "--no-cache"]) == 0
    tools = tmp_path / "bin"
    tools.mkdir()
    (tmp_path / "watch.sh").write_text(block("watch.sh"))
    (tools / "lookout").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lookoutcv "$@"\n')
    (tools / "mail").write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/mails"\ncat >> "{tmp_path}/mails"\n')
    for tool in (*tools.iterdir(), tmp_path / "watch.sh"):
        tool.chmod(0o755)
    return tmp_path


def night(camera: Path) -> tuple[int, str]:
    """Run the script; its exit code and the mails it wrote."""
    path = f"{camera / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["sh", "watch.sh"], cwd=camera, env={**os.environ, "PATH": path}, check=False)
    mails = camera / "mails"
    return done.returncode, mails.read_text(encoding="utf-8") if mails.exists() else ""


@pytest.mark.skipif(shutil.which("sh") is None or sys.platform != "linux", reason="the script is for GNU's date")
def test_the_nightly_script_mails_drift_and_failures(camera: Path) -> None:
    code, mails = night(camera)
    assert code == 1
    assert "The check of" in mails
    assert "failed team@example.org" in mails
    day = f"{datetime.now() - timedelta(days=1):%Y%m%d}"
    photograph(camera / "production" / day, 60, seed=2, fault=lambda pixels: defocus(pixels, 3))
    code, mails = night(camera)
    assert code == 3
    assert f"Images drifted on {day} -A reports/{day}.html team@example.org" in mails
    assert "less sharp" in mails
    assert (camera / "reports" / "index.html").stat().st_size > 1000
