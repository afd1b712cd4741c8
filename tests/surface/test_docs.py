"""Every example of the pages runs, every link leads somewhere, and nothing is named that does not exist."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
import typer.main

import lookoutcv as lo
from lookoutcv.cli.app import app
from lookoutcv.cli.main import main
from lookoutcv.corruptions.blur import defocus
from lookoutcv.corruptions.light import darken
from lookoutcv.demo import story
from lookoutcv.demo.photographs import photograph
from lookoutcv.metrics import registry

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        ROOT / "SECURITY.md",
        *ROOT.glob("docs/**/*.md"),
    ]
)
WRITTEN = [page for page in PAGES if page.parent.name != "reference"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, *languages: str) -> list[tuple[str, str]]:
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [(language, body) for language, body in found if language in languages]


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


# Examples.


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pages call data/val and data/today; few enough that no processes are started."""
    folder = tmp_path_factory.mktemp("docs")
    photograph(folder / "data" / "val", 80, seed=1)
    photograph(folder / "data" / "today", 60, seed=3, fault=lambda view: darken(defocus(view, 2), 2))
    cats = folder / "data" / "today" / "cat"
    whole = (cats / "0001.jpg").read_bytes()
    (cats / "0001 (copy).jpg").write_bytes(whole)
    (cats / "broken.jpg").write_bytes(whole[: len(whole) // 3])
    film = cv2.VideoWriter(str(folder / "film.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 10, (160, 120))
    for level in range(30):
        film.write(np.full((120, 160, 3), 5 * level, np.uint8))
    film.release()
    for place, picture in enumerate(sorted((folder / "data" / "val").rglob("*.jpg"))[:60]):
        day = folder / "production" / f"202601{16 + place // 10}"
        day.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, day / f"{place}.jpg")
    return folder


@pytest.fixture
def desk(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run examples in; afterwards the process is as it was."""
    shutil.copytree(data, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("LOOKOUTCV_CONFIG")
    monkeypatch.setattr(story, "BASELINE_IMAGES", 40)
    monkeypatch.setattr(story, "DAY_IMAGES", 40)
    return tmp_path


def in_process(words: list[str], capture: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(words)
    out, err = capture.readouterr()
    return code, out + err


def outside(words: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """For lines that load a plugin: it would stay in this process."""
    command = [sys.executable, "-m", "lookoutcv", *words]
    done = subprocess.run(command, capture_output=True, env=environment, check=False, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


def matches(shown: list[str], printed: str) -> str | None:
    """The first shown line that was not printed after those before it; `...` stands for anything."""
    lines = iter([" ".join(line.split()) for line in printed.splitlines()])
    for line in shown:
        pattern = " ".join(line.split()).replace("[", "[[]").replace("...", "*").replace("?", "[?]")
        if not any(fnmatchcase(one, pattern) for one in lines):
            return line
    return None


def run_console(body: str, run: Callable[[list[str]], tuple[int, str]]) -> None:
    """The `$` lines of a block in turn; what is shown below one must be printed, a non-zero exit must be shown."""
    asked, code = True, 0
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        line, *shown = part.strip().splitlines()
        if line == "echo $?":
            assert [str(code)] == shown
            asked = True
            continue
        assert asked or code == 0, f"exit code {code} is not shown"
        words = shlex.split(line.partition(" > ")[0])
        assert words[0] == "lookout", f"only lookout can be run, not: {line}"
        code, printed = run(words[1:])
        asked = code == 0
        missing = matches(shown, printed)
        assert missing is None, f"{line!r} does not print {missing!r} but:\n{printed}"
    assert asked, f"exit code {code} is not shown"


@pytest.mark.parametrize("page", [p for p in WRITTEN if blocks(p, "console", "python", "yaml")], ids=name_of)
def test_examples_run(page: Path, desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def run(words: list[str]) -> tuple[int, str]:
        if words[0] == "--plugin":
            return outside(words, {**os.environ, "PYTHONIOENCODING": "utf-8"})
        return in_process(words, capfd)

    names: dict[str, object] = {"__name__": "example"}
    for language, body in blocks(page, "console", "python", "yaml"):
        # A block that begins with a file's name is that file.
        title = re.match(r"# (\S+\.(?:py|yaml))\n", body)
        if title:
            (desk / title[1]).write_text(body, encoding="utf-8")
        if language == "console":
            run_console(body, run)
        elif language == "python":
            exec(compile(body, f"{page.name}: example", "exec"), names)


# Links and names.


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_linked_from_the_readme_or_the_list_of_documents() -> None:
    lists = [ROOT / "README.md", ROOT / "docs" / "README.md"]
    linked = {
        (one.parent / link.partition("#")[0]).resolve() for one in lists for link in LINK.findall(one.read_text())
    }
    assert lists[1] in linked
    assert [name_of(page) for page in PAGES if page.resolve() not in {*linked, lists[0]}] == []


def verbs() -> dict[str, set[str]]:
    """Each verb with its options, as typer understands them; those before the verb under ""."""
    group = typer.main.get_command(app)
    known = {"": group, **group.commands}  # type: ignore[attr-defined]
    for name, command in [*known.items()][1:]:
        known |= {f"{name} {verb}": below for verb, below in getattr(command, "commands", {}).items()}
    return {
        name: {flag for one in command.params for flag in (*one.opts, *one.secondary_opts) if flag.startswith("-")}
        for name, command in known.items()
    }


def test_every_verb_and_option_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    chapters = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    every = verbs()
    for verb, flags in every.items():
        if any(other.startswith(f"{verb} ") for other in every if verb):
            continue  # a group: its verbs have the chapters
        chapter = chapters[f"`lookout {verb}`" if verb else "What every verb takes"]
        assert [flag for flag in sorted(flags) if f"`{flag}`" not in chapter] == [], verb


def is_metric(text: str) -> bool:
    return text in registry


def is_command(text: str) -> bool:
    known = verbs()
    words = text.split()[1:]
    return not words or any(word in known for word in words) or bool({*words} & {*known[""], "--help"})


def is_option(text: str) -> bool:
    return text.partition(" ")[0] in {flag for flags in verbs().values() for flag in flags}


def is_target(text: str) -> bool:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return text == "make" or text.split()[1] in targets


def is_public(text: str) -> bool:
    return hasattr(lo, text.removeprefix("lo."))


def is_path(text: str) -> bool:
    return any((folder / text).exists() for folder in (ROOT, ROOT / "src" / "lookoutcv"))


def is_class(text: str) -> bool:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    return any(re.search(rf"^class {text}\b", source, re.MULTILINE) for source in sources)


FAMILIES = "|".join({name.partition(".")[0] for name in registry.names()})
# What a piece of code looks like, and what it must then be.
KINDS: list[tuple[str, Callable[[str], bool]]] = [
    (rf"({FAMILIES})\.[a-z_0-9.]+", is_metric),
    (r"lookout( .*)?", is_command),
    (r"--[a-z].*", is_option),
    (r"make( .*)?", is_target),
    (r"lo\.\w+", is_public),
    (r"(src|docs|tests|scripts|drift|reports|sources)/\S*", is_path),
    (r"[A-Z][a-z]+[A-Z]\w+", is_class),
]


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_nothing_is_named_that_does_not_exist(page: Path) -> None:
    named = [
        (text, is_right) for text in CODE.findall(prose(page)) for form, is_right in KINDS if re.fullmatch(form, text)
    ]
    assert [text for text, is_right in named if not is_right(text)] == []


# The reference.


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_up_to_date(reference: ModuleType) -> None:
    for name, text in reference.pages().items():
        found = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
        assert found == text, f"docs/reference/{name} is out of date; run: make docs"


def test_the_reference_holds_every_public_name_and_shipped_metric() -> None:
    api = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    assert [name for name in lo.__all__ if f"`lo.{name}`" not in api] == []
    metrics = (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
    shipped = [name for name in registry.names() if registry.origin(name).startswith("lookoutcv.")]
    assert [name for name in shipped if f"`{name}`" not in metrics] == []
