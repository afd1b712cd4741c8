"""What every verb that writes must do: spare what it reads, and replace a file that is there only where it is ours."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import simplejpeg

import lookoutcv as lo
from lookoutcv.cli.app import app
from lookoutcv.configuration.verbs import VERBS
from lookoutcv.errors import OutputUnwritable
from lookoutcv.settings.declared_parameters import Parameter
from terminal import Terminal

# Outputs of verbs that are not declared in `configuration.verbs`. (`index --pages` writes only where nothing is.)
ELSEWHERE = {("show", "output"), ("show", "html"), ("config schema", "output"), ("demo", "out")}
# Folders that are made, each with tests of its own on what may be replaced in it.
FOLDERS = {("train", "output"), ("gate data", "output"), ("gate add", "output"), ("gate fit", "output")}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG", raising=False)
    monkeypatch.setenv("LOOKOUTCV_CACHE", "off")
    rng = np.random.default_rng(5)
    for folder in ("good/cat", "good/dog", "today/cat"):
        (tmp_path / folder).mkdir(parents=True)
        for number in range(3):
            pixels = rng.integers(0, 255, (24, 24, 3), dtype=np.uint8)
            (tmp_path / folder / f"{number}.jpg").write_bytes(simplejpeg.encode_jpeg(pixels))
    return tmp_path


@pytest.fixture
def lookout(desk: Path, capfd: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capfd)


# Outputs over inputs.


def _settings(verb: str, *, outputs: bool) -> list[Parameter]:
    return [
        one
        for one in VERBS[verb].parameters
        if (one.setting.output if outputs else not one.setting.output and (one.setting.place or one.key.kind == "path"))
        and not one.key.can_be_off
    ]


PAIRS = [
    pytest.param(verb, output, read, id=f"{verb} {output.name} over {read.name}")
    for verb in VERBS
    for output in _settings(verb, outputs=True)
    for read in _settings(verb, outputs=False)
]


def test_every_option_that_writes_is_under_the_law() -> None:
    import typer

    def commands(group: object, before: str = "") -> Iterator[tuple[str, object]]:
        for name, command in group.commands.items():  # type: ignore[attr-defined]
            if hasattr(command, "commands"):
                yield from commands(command, f"{before}{name} ")
            else:
                yield before + name, command

    declared = {(verb, one.name) for verb in VERBS for one in _settings(verb, outputs=True)}
    writing = {
        (name, parameter.name)
        for name, command in commands(typer.main.get_command(app))
        for parameter in command.params  # type: ignore[attr-defined]
        if parameter.name in ("output", "html", "out")
        or "rite" in (getattr(parameter, "help", None) or "").split(" ")[0]
    }
    assert writing == declared | ELSEWHERE | {("index", "pages"), *FOLDERS}
    assert len(PAIRS) > 60


def _words(verb: str, given: dict[str, str]) -> list[str]:
    words = verb.split()
    for one in VERBS[verb].parameters:
        value = given.get(one.name, "good" if one.required and one.setting.positional else None)
        if value is None and one.required:
            value = "something"
        if value is not None:
            words += [value] if one.setting.positional else [one.flags[0].partition("/")[0], value]
    return words


@pytest.mark.parametrize(("verb", "output", "read"), PAIRS)
def test_an_input_is_no_output(lookout: Terminal, desk: Path, verb: str, output: Parameter, read: Parameter) -> None:
    (desk / "read").mkdir()
    content = b"what somebody wrote"
    one = desk / "read" / "file.html"
    one.write_bytes(content)
    (desk / "link.html").symlink_to(one)
    os.link(one, desk / "hard.html")
    names = ["read/file.html", str(one), "link.html", "hard.html", "good/../read/file.html"]
    if read.setting.place:  # whatever lies in a folder that is read
        names.append("read/sub/new.html")
        (desk / "read" / "sub").mkdir()
        (desk / "link").symlink_to(desk / "read" / "sub")
        names.append("link/new.html")
    for name in names:
        source = "read" if name.endswith("new.html") else "read/file.html"
        words = _words(verb, {output.name: name, read.name: source, "force": ""})
        words = [word for word in words if word != ""]
        assert lookout(*words) == 2, (words, lookout.out, lookout.err)
        assert "input" in lookout.err or "is read" in lookout.err, words
        assert one.read_bytes() == content
        assert not (desk / "read" / "sub" / "new.html").exists()


def test_show_and_functions_spare_their_inputs(lookout: Terminal, desk: Path) -> None:
    assert lookout("baseline", "good", "-o", "b.parquet", "--workers", "1") == 0
    assert lookout("monitor", "today", "-b", "b.parquet", "-o", "r.json", "--workers", "1") == 0
    before = {name: Path(name).read_bytes() for name in ("r.json", "b.parquet")}
    assert lookout("show", "r.json", "-o", "./r.json") == 2
    for name in ("good/cat/a.csv", "good/a.parquet"):
        with pytest.raises(OutputUnwritable, match="is read"):
            lo.measure("good", output=name, force=True, workers=1)
    with pytest.raises(OutputUnwritable, match="is read"):
        lo.predict(lambda pixels: {"cat": 1.0}, ["good"], output="good/p.csv", force=True)
    with pytest.raises(OutputUnwritable, match="input"):
        lo.index(["r.json"], "r.html", template=os.path.abspath("r.html")) if Path("r.html").write_text("x") else None
    log_of(desk)
    log = lo.open_log("logs")
    for write in (
        log.export,
        lambda path: log.query("SELECT id FROM log", output=path),
        lambda path: log.plot(output=path),
    ):
        for ending in (".csv", ".html", ".parquet"):
            with pytest.raises(lo.LookoutError):
                write(f"logs/new{ending}")
    assert {name: Path(name).read_bytes() for name in before} == before
    assert not list(Path("logs").glob("new*"))
    assert not list(Path("good").rglob("*.csv"))


# Files that are there already.


def log_of(desk: Path) -> None:
    with lo.ClassificationLogger("pets", enabled_metrics=[], directory="logs") as log:
        assert log.log_prediction(None, "cat", 0.5, image_name="a.jpg")


MODEL = "from lookoutcv.predictions import Classification\n\ndef see(pixels):\n    return Classification('cat', 0.75)\n"
REPORTS = (".html", ".pdf", ".json", ".md", ".xml", ".txt")
DOCUMENTS = (".html", ".pdf", ".md", ".txt")
WRITERS = {
    "measure good --metrics exposure --workers 1": (".csv", ".json", ".jsonl", ".parquet"),
    "baseline good --metrics exposure --workers 1": (".parquet", ".json"),
    "compare good today --metrics exposure --workers 1": REPORTS,
    "index reports": DOCUMENTS,
    "predict net.py:see today": (".csv", ".json"),
    "evaluate net.py:see good --set labels=names.txt": (".json",),
    "log query": (".csv", ".jsonl", ".parquet"),
    "log export -d logs": (".csv", ".json", ".jsonl", ".parquet"),
    "log plot -d logs": DOCUMENTS,
    "config schema": (".json",),
}


def _parquet_of_somebody() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": ["a"], "label": ["cat"]}), sink)
    return sink.getvalue()


OTHERS = {
    ".csv": [b"id,label\na.jpg,cat\n", b'"id","time"\na,b\n'],
    ".json": [json.dumps({"images": [], "annotations": [], "categories": []}).encode(), b'[\n{"id": "a"}\n]\n'],
    ".jsonl": [b'{"id": "a", "label": "cat"}\n'],
    ".parquet": [_parquet_of_somebody(), b"no parquet at all"],
    ".html": [b"<!DOCTYPE html>\n<title>lookoutcv</title>", b"\xff" * 1000],
    ".pdf": [b"%PDF-1.7\nLookOutCV is described here"],
    ".md": [b"# How to run lookoutcv\n\n- Window: the left one\n"],
    ".xml": [b'<testsuites><testsuite name="mine"/></testsuites>'],
    ".txt": [b"Notes\n  on windows\n"],
}


@pytest.mark.parametrize(
    ("words", "ending"), [(words, ending) for words, endings in WRITERS.items() for ending in endings]
)
def test_only_a_file_of_ours_is_replaced(lookout: Terminal, desk: Path, words: str, ending: str) -> None:
    if ending == ".pdf":
        pytest.importorskip("typst", reason="the package typst is not installed")
    Path("net.py").write_text(MODEL)
    Path("names.txt").write_text("cat\ndog\n")
    line = words.split()
    if words.startswith("log"):
        log_of(desk)
    if words == "log query":
        line += ["SELECT id, confidence FROM log", "-d", "logs"]
    if words.startswith("index"):
        Path("reports").mkdir()
        assert lookout("compare", "good", "today", "--workers", "1", "-o", "reports/r.json") == 0
    target = Path("out" + ending)
    line += ["-o", str(target)]
    for content in OTHERS[ending]:
        target.write_bytes(content)
        assert lookout(*line) == 2, lookout.out
        assert "--force" in lookout.err
        assert target.read_bytes() == content
    Path("link" + ending).symlink_to(target)
    assert lookout(*line[:-1], "link" + ending) == 2
    assert target.read_bytes() == content
    assert lookout(*line, "--force") == 0, lookout.err
    written = target.read_bytes()
    assert written != content
    assert lookout(*line) == 0, lookout.err  # ours: written again without a word
    target.write_bytes(b"")
    assert lookout(*line) == 0, lookout.err  # nothing is lost
    assert [path.name for path in desk.glob(".*")] == []


def test_results_of_one_kind_do_not_replace_those_of_another(lookout: Terminal, desk: Path) -> None:
    assert lookout("baseline", "good", "-o", "b.parquet", "--workers", "1") == 0
    before = Path("b.parquet").read_bytes()
    assert lookout("measure", "good", "-o", "b.parquet", "--workers", "1") == 2
    assert lookout("monitor", "today", "-b", "b.parquet", "--html", "b.parquet", "--workers", "1") == 2
    assert lookout("compare", "good", "today", "--html", "today/cat/0.jpg", "--workers", "1") == 2
    assert lookout("compare", "good", "today", "--html", "b.parquet", "--force", "--workers", "1") == 2
    with pytest.raises(OutputUnwritable, match="force=True"):
        lo.measure("good", output="b.parquet", workers=1)
    assert Path("b.parquet").read_bytes() == before


def test_a_card_and_a_coco_file_of_somebody_stay(lookout: Terminal, desk: Path) -> None:
    from tiny_models import onnx_classifier

    onnx_classifier(desk / "net.onnx")
    Path("mine.yaml").write_text("task: classification\n")
    assert lookout("card", "net.onnx", "-o", "mine.yaml") == 2
    assert Path("mine.yaml").read_text() == "task: classification\n"
    for name in ("net.card.yaml", "c.json"):
        assert lookout("card", "net.onnx", "-o", name) == 0, lookout.err
        assert lookout("card", "net.onnx", "-o", name) == 0, lookout.err
    detector = (
        "import numpy as np\nfrom lookoutcv.predictions import Detections\n\ndef see(pixels):\n"
        "    return Detections(np.array([[0, 0, 4, 4]]), ['cat'], np.array([0.5]))\n"
    )
    Path("see.py").write_text(detector)
    truth = json.dumps({"images": [], "annotations": [], "categories": [{"id": 1, "name": "cat"}]})
    Path("truth.coco.json").write_text(truth)
    assert lookout("predict", "see.py:see", "today", "-o", "truth.coco.json") == 2
    assert Path("truth.coco.json").read_text() == truth
    assert lookout("predict", "see.py:see", "today", "-o", "p.coco.json") == 0, lookout.err
    assert lookout("predict", "see.py:see", "today", "-o", "p.coco.json") == 0, lookout.err


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
def test_a_device_takes_what_it_is_given(lookout: Terminal, desk: Path) -> None:
    Path("out.csv").symlink_to("/dev/null")
    assert lookout("measure", "good", "-o", "out.csv", "--workers", "1") == 0, lookout.err
    assert Path("out.csv").is_symlink()
