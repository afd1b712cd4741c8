"""The first page: its picture, its two commands, its figures."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from lookoutcv.metrics import registry

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_opens_with_the_report_as_a_picture() -> None:
    opening = README.split("\n\n")[1]
    match = re.fullmatch(r"!\[.+\]\((docs/images/report\.png)\)", opening)
    assert match
    with Image.open(ROOT / match[1]) as picture:
        assert picture.width >= 1000


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 110


def test_pictures_are_small() -> None:
    assert [p.name for p in (ROOT / "docs" / "images").glob("*.png") if p.stat().st_size > 200_000] == []


def test_its_two_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"^    make (\w+)", README, re.MULTILINE)
    assert named == ["demo", "test"]
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_demo_writes_the_page_it_names() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "$(BIN)/lookout demo" in makefile
    assert "`lookout-demo/tuesday.html`" in README


def test_it_counts_the_metrics_right() -> None:
    shipped = [one for one in registry if registry.origin(one.name).startswith("lookoutcv.")]
    assert f"{sum(one.default for one in shipped)} metrics by default, {len(shipped)} in all" in README
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"{len(shipped)} metrics" in changes


def test_it_names_every_extra() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = re.search(r"\[project\.optional-dependencies\]\n(.*?)\n\n", project, re.DOTALL)
    assert extras
    names = set(re.findall(r"^(\w+) =", extras[1], re.MULTILINE)) - {"all"}
    assert [name for name in sorted(names) if f'"[{name}]"'.strip('"') not in README] == []
