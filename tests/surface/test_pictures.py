"""The pictures of docs/how-it-decides.md: each is drawn by scripts/explain.py, shown on the page and described."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "images" / "how"
PAGE = (ROOT / "docs" / "how-it-decides.md").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("explain", ROOT / "scripts" / "explain.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_every_picture_is_drawn_and_shown(script: ModuleType) -> None:
    shown = re.findall(r"!\[(.+)\]\(images/how/(\w+)\.svg\)", PAGE)
    assert sorted(name for _, name in shown) == sorted(script.PICTURES)
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(script.PICTURES)
    assert [name for text, name in shown if len(text) < 60] == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_is_small_described_and_needs_nothing_else(path: Path) -> None:
    svg = path.read_text(encoding="utf-8")
    assert path.stat().st_size < 100_000
    assert len(ElementTree.fromstring(svg).findtext(f"{SVG}title") or "") > 40
    assert "<script" not in svg
    assert [link for link in re.findall(r'href="([^"]{5})', svg) if link != "data:"] == []


def test_a_picture_is_made_again_as_it_is(script: ModuleType, tmp_path: Path) -> None:
    drawn = script.PICTURES["ranks"](script.Scenes(tmp_path))
    assert words(drawn) == words((FOLDER / "ranks.svg").read_text(encoding="utf-8"))
    assert "effect −0.74" in words(drawn)[-1]
    assert "Here it is −0.74" in PAGE


def test_the_page_says_what_the_pictures_say() -> None:
    limits = " ".join(words((FOLDER / "limits.svg").read_text(encoding="utf-8")))
    assert "Of 200 windows the fixed limit calls 6 drift, ranks 1." in limits
    assert "six of 200 windows of thirty unchanged images are beyond it, by ranks one" in PAGE
    assert "all darker than before" in limits
    causes = words((FOLDER / "cause.svg").read_text(encoding="utf-8"))
    assert any(re.fullmatch(r"unclear \d+%, noise \d+%", one) for one in causes)
