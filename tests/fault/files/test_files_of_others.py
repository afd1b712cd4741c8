"""What we did not write we do not remove: folders that we write to hold other people's files, named to be mistaken."""

from __future__ import annotations

import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv import clock
from lookoutcv.cli.main import main
from lookoutcv.demo.photographs import photograph
from lookoutcv.measuring.cache.record_cache import FILE_NAME

_DAY = "model=cars/day=2020-01-01"
_DATA = "part-00000-826717d1-ed44-4f6a-87b7-aa208ff36fc4-c000.zstd.parquet"
IN_A_LOG = (
    "notes.txt",
    "docs/labels.csv",
    "cars_logs_12.parquet",
    f"{_DAY}/labels.parquet",
    f"{_DAY}/{_DATA}.bak",
    f"{_DAY}/deeper/{_DATA}",
    _DATA,
    f"backup/{_DAY}/{_DATA}",
    "_retained_images/mine.jpg",
    f"_retained_images/{_DAY}/mine.jpg",
    f"_retained_images/{_DAY}/.mine.jpg.0123abcd.tmp",
    "_spool/notes.txt",
    "_spool/damaged/notes.txt",
    "_spool/damaged/mine.segment",
    "_spool/backup/lock",
    "_spool/backup/mine.txt",
    "_spool/backup/1.segment",
    "_delta_log/notes.txt",
    "_delta_log/backup.json",
    "_mine/notes.txt",
    ".hidden/notes.txt",
)


class Others:
    """Files of somebody else below a folder, older than any rule of ours."""

    def __init__(self, folder: Path, names: Iterable[str], content: bytes = b"mine") -> None:
        self.before: dict[Path, bytes] = {}
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (10**9, 10**9))
            self.before[path] = content

    def changed(self) -> list[str]:
        """Those that are gone or not as they were."""
        return [str(path) for path, data in self.before.items() if not path.is_file() or path.read_bytes() != data]


def _row_of(name: str) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": [name]}), sink)
    return sink.getvalue().to_pybytes()


def sqlite_of_somebody() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE entries (mine TEXT)")
    return connection.serialize()


@pytest.mark.parametrize("content", [b"mine", _row_of("0.jpg")], ids=["text", "rows of the image that is erased"])
def test_no_verb_of_the_log_touches_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], content: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "lookout_cv_logs"
    others = Others(place, IN_A_LOG, content)
    Path("truth.csv").write_text("id,label\n1.jpg,cat\n")
    pixels = np.zeros((16, 16, 3), np.uint8)
    for part in range(2):
        with lo.ClassificationLogger("cars", enabled_metrics=[], image_retention="all", when_full="block") as log:
            for i in range(4):
                when = clock.utc() if i else "2020-01-01T12:00:00Z"
                assert log.log_prediction(pixels, "cat", image_name=f"{4 * part + i}.jpg", time=when)
    for words in (
        "compact",
        "label truth.csv",
        "erase --image 0.jpg --image 3.jpg --wait 0",
        "retain --older-than 1000d --grace 0",
        "retain --max-size 1B --grace 0",
        "vacuum --older-than 0",
        "vacuum --older-than 7d",
        "export -o out.parquet",
        "plot -o out.html",
        "list",
        "tail",
    ):
        assert main(["log", *words.split()]) == 0, (words, capfd.readouterr().err)
        assert others.changed() == [], words
    lo.ClassificationLogger("cars", enabled_metrics=[]).close()  # looks for what dead writers left
    assert others.changed() == []
    told = capfd.readouterr().out
    assert "other files in the folder are not the log's and stay" in told
    assert "lookout log import lookout_cv_logs -d lookout_cv_logs" in told
    if content != b"mine":
        assert "Files in the log's folder that no log wrote hold such rows and stay" in told


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with images, the cache and the place for temporary files in it."""
    for name in ("temporary", "cache", "state"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOOKOUTCV_CONFIG", raising=False)
    monkeypatch.setenv("LOOKOUTCV_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    photograph(tmp_path / "good", 12, seed=1)
    photograph(tmp_path / "today", 8, seed=2)
    with tarfile.open(tmp_path / "today.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "today", "today")
    return tmp_path


BESIDE = (
    ".b.parquet.0123abcd.tmp",
    ".r.html.0123abcd.tmp",
    ".q.csv.abcdefgh",
    "b.parquet.bak",
    "b.parquet.damaged",
    "r.html~",
    "reports/r.json.bak",
    "reports/notes.json",
    "reports/kept.html",
    "net.card.yaml.bak",
    "lookout.yml",
    "temporary/lookoutcv-notes.unpacked",
    "temporary/lookoutcv-abcdefgh.unpacked.bak",
    "temporary/lookoutcv-model-mine/notes.txt",
    "temporary/lookoutcv-mine/1.note",
    "cache/notes.txt",
    f"cache/{FILE_NAME}.bak",
    f"cache/{FILE_NAME}.damaged",
    "state/lookoutcv/spool/notes.txt",
    "good/notes.txt",
    "today/labels.csv.bak",
)


def test_no_verb_touches_what_lies_beside_its_files(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    others = Others(desk, BESIDE)
    with lo.ClassificationLogger("cars", enabled_metrics=[], directory="logs") as log:
        assert log.log_prediction(None, "cat", image_name="a.jpg")
    (desk / "net.py").write_text(
        "from lookoutcv.predictions import Classification\n\ndef see(pixels):\n    return Classification('cat', 0.75)\n"
    )
    for line in (
        "measure good -o m.csv",
        "measure today.tar.gz -o m.parquet",
        "baseline good -o b.parquet",
        "monitor today -b b.parquet --html r.html -o reports/r.json -o r.md -o r.txt -o r.xml",
        "compare good today.tar.gz --html r.html",
        "index reports -o index.html --pages",
        "show reports/r.json --html r.html",
        "predict net.py:see today -o p.csv",
        "log query SELECT+id+FROM+log -d logs -o q.csv",
        "log export -d logs -o e.csv",
        "log plot -d logs -o plot.html",
        "config schema -o schema.json",
        "init --yes",
        "doctor",
    ):
        for again in (False, True):
            words = [word.replace("+", " ") for word in line.split()]
            code = main(words)
            assert code == (2 if again and line.startswith("init") else 0), (line, capfd.readouterr().err)
            assert others.changed() == [], line


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("predict net.py:see good --set labels=names.csv", "names.csv"),
        ("predict net.py:see good --card told.yaml", "names.csv"),
        ("predict net.py:see good", "net.card.json"),
        ("measure good --model net.py:see --set labels=names.csv", "names.csv"),
        ("measure good --model net.py:see --card told.yaml", "names.csv"),
        ("measure good --model net.py:see", "net.card.json"),
        ("evaluate net.py:see good --set labels=names.json", "names.json"),
    ],
)
def test_the_card_and_the_labels_of_a_model_are_spared(
    desk: Path, capfd: pytest.CaptureFixture[str], line: str, output: str
) -> None:
    texts = {
        "net.py": "def see(pixels):\n    return [0.25, 0.75]\n",
        "names.csv": "cat\ndog\n",
        "names.json": '["cat", "dog"]',
        "told.yaml": "labels: names.csv\nhead: softmax\n",
    }
    if output == "net.card.json":
        texts[output] = '{"labels": ["cat", "dog"], "head": "softmax"}'
    for name, text in texts.items():
        (desk / name).write_text(text, encoding="utf-8")
    assert main([*line.split(), "-o", output, "--force"]) == 2
    assert "input. Give the output a name of its own." in capfd.readouterr().err
    assert (desk / output).read_text(encoding="utf-8") == texts[output]


@pytest.mark.parametrize("content", [b"no cache at all", sqlite_of_somebody()], ids=["text", "SQLite"])
def test_the_cache_leaves_a_file_of_another_program(
    desk: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    others = Others(desk / "cache", (FILE_NAME, f"{FILE_NAME}-wal.bak", f"{FILE_NAME}.damaged"), content)
    assert len(lo.measure("good", workers=1)) == 12
    assert len(lo.measure("good", workers=1)) == 12
    assert others.changed() == []


def test_the_demo_writes_only_where_it_wrote_before(desk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    mine = Others(
        desk / "mine", ("validation/cat/0001.jpg", "monday/notes.txt", "baseline.parquet", "tuesday.html", "notes.txt")
    )
    assert main(["demo", "--out", "mine"]) == 2
    assert "Choose a new folder: lookout demo --out FOLDER" in capfd.readouterr().err
    assert mine.changed() == []
    assert sorted(path.name for path in (desk / "mine").iterdir()) == [
        "baseline.parquet",
        "monday",
        "notes.txt",
        "tuesday.html",
        "validation",
    ]
    assert main(["demo", "--out", "story"]) == 0
    added = Others(desk / "story", ("tuesday/notes.txt", "tuesday/cat/my own.jpg.txt", "monday.html.bak", "notes.txt"))
    assert main(["demo", "--out", "story"]) == 0
    assert added.changed() == []
