"""A log knows its own files by their names, whoever wrote them, and no others; what else lies there it says."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import SourceNotFound
from lookoutcv.log.buffer.image_retention import ImageRetention
from lookoutcv.log.table.own_files import is_data_file, is_picture

_UUID = "826717d1-ed44-4f6a-87b7-aa208ff36fc4"
_DAY = "model=a/day=2026-05-04"
OTHERS = (
    "notes.txt",
    "docs/labels.csv",
    "cats_logs_12.parquet",
    f"{_DAY}/labels.parquet",
    f"{_DAY}/part-00000.parquet",
    f"{_DAY}/part-00000-{_UUID}-c000.zstd.parquet.bak",
    f"{_DAY}/sub/part-00000-{_UUID}-c000.zstd.parquet",
    f"part-00000-{_UUID}-c000.zstd.parquet",
    f"backup/{_DAY}/part-00000-{_UUID}-c000.zstd.parquet",
    f"model=a/day=today/part-00000-{_UUID}-c000.zstd.parquet",
    f"_retained_images/{_DAY}/holiday.jpg",
    f"_retained_images/{_DAY}/host-1-0123456789ab.jpg",
    f"_retained_images/{_DAY}/host-1-0123456789ab-1.jpg~",
    "_retained_images/host-1-0123456789ab-1.jpg",
    f"../{_DAY}/part-00000-{_UUID}-c000.zstd.parquet",
    f"/{_DAY}/part-00000-{_UUID}-c000.zstd.parquet",
    f"{_DAY}/part-00000-{_UUID}-c000.zstd.parquet\n",
    "_delta_log/00000000000000000000.json",
)


@pytest.mark.parametrize("path", OTHERS)
def test_files_of_others(path: str) -> None:
    assert not is_data_file(path)
    assert not is_picture(path)


def test_what_is_written_is_known(tmp_path: Path) -> None:
    for form in ("full", "thumbnail"):
        retention = ImageRetention("all", form)  # type: ignore[arg-type]
        with lo.ClassificationLogger(
            "a/b 'ü'*?", enabled_metrics=[], directory=tmp_path, image_retention=retention
        ) as log:
            for name in ("a", "b", "c"):
                assert log.log_prediction(np.zeros((16, 16, 3), np.uint8), "cat", image_name=f"{form} {name}")
                assert log.flush()
    lo.open_log(tmp_path).erase("full a")
    lo.open_log(tmp_path).compact()
    truth = tmp_path.parent / "truth.csv"
    truth.write_text("id,label\nfull b,dog\n")
    lo.open_log(tmp_path).label(truth)
    written = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    below = [path for path in written if not path.startswith("_delta_log/")]
    assert len(below) > 10
    assert [path for path in below if not is_data_file(path) and not is_picture(path)] == []
    assert sum(map(is_picture, below)) == 5


def test_a_folder_with_other_files_is_said_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place = tmp_path / "my logs"
    (place / "docs").mkdir(parents=True)
    for name in ("notes.txt", "cats_logs_12.parquet", "\x1b[31m"):
        (place / name).write_text("x")
    with caplog.at_level(logging.WARNING, "lookoutcv"):
        with lo.ClassificationLogger("m", enabled_metrics=[], directory=place) as log:
            assert log.log_prediction(None, "cat", image_name="a")
        (told,) = caplog.messages
        assert r"'\x1b[31m', cats_logs_12.parquet, docs/, notes.txt" in told
        assert f"lookout log import '{place}' -d '{place}'" in told
        # The log is there now: it is said once.
        lo.ClassificationLogger("m", enabled_metrics=[], directory=place).close()
        lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path / "none").close()
    assert len(caplog.messages) == 1


def test_old_logs_are_offered_where_there_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "cats_logs_12.parquet").write_text("x")
    with pytest.raises(SourceNotFound, match="lookout log import"):
        lo.open_log(tmp_path).list()
