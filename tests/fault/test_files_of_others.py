"""What we did not write we do not remove: folders that we write to hold other people's files, named to be mistaken."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv import clock
from lookoutcv.cli.main import main

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
