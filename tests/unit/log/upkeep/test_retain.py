"""Old rows and pictures removed, small files joined, replaced files freed; nothing else is touched."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv import clock
from lookoutcv.errors import ConfigError, SourceNotFound
from lookoutcv.log.table.files import Files
from lookoutcv.log.table.log_table import open_table
from lookoutcv.log.table.transactions import quoted
from lookoutcv.log.upkeep.retain import size
from lookoutcv.log.upkeep.vacuum import grace_hours

MODEL = "a/b 'c'"
PIXELS = np.zeros((16, 16, 3), np.uint8)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Ten days of four rows, twice; the third of each is flagged."""
    for _ in range(2):
        how = {"enabled_metrics": [], "directory": tmp_path, "image_retention": "all", "when_full": "block"}
        with lo.ClassificationLogger(MODEL, **how) as log:  # type: ignore[arg-type]
            for day in range(10):
                for i in range(4):
                    when = clock.utc() - timedelta(days=day, minutes=30)
                    assert log.log_prediction(PIXELS, "cat", image_name=f"{day}/{i}", time=when, flagged=i == 2)
    return tmp_path


def names(place: Path) -> list[str]:
    return sorted(lo.open_log(place).read(columns=["id"]).column("id").to_pylist())


def pictures(place: Path) -> set[str]:
    return {file.relative_to(place).as_posix() for file in (place / "_retained_images").rglob("*.jpg")}


def named_pictures(place: Path) -> set[str]:
    return set(lo.open_log(place).read(columns=["retained_image"]).column("retained_image").drop_null().to_pylist())


def files(place: Path) -> int:
    return len(list(place.glob("model=*/day=*/*.parquet")))


def test_old_rows_go_with_their_pictures(place: Path) -> None:
    told = lo.open_log(place).retain(older_than="7d", dry_run=True)
    before = names(place), pictures(place)
    assert (told.dry_run, told.rows, told.kept_flagged) == (True, 24, 0)
    assert told.bytes > 0
    done = lo.open_log(place).retain(older_than="7d")
    assert (done.rows, done.pictures) == (told.rows, told.pictures)
    assert (len(before[0]), len(names(place)), done.remaining_rows) == (80, 56, 56)
    assert {name.partition("/")[0] for name in names(place)} == set("0123456")
    assert pictures(place) == named_pictures(place)
    assert len(before[1]) - len(pictures(place)) == done.pictures
    assert lo.open_log(place).retain(older_than="7d").rows == 0


def test_flagged_rows_stay(place: Path) -> None:
    done = lo.open_log(place).retain(older_than="7d", keep_flagged=True)
    assert (done.rows, done.kept_flagged) == (18, 6)
    assert [name for name in names(place) if name[0] in "789"] == ["7/2", "7/2", "8/2", "8/2", "9/2", "9/2"]
    assert pictures(place) == named_pictures(place)


def test_the_oldest_days_go_until_the_rest_fits(place: Path) -> None:
    whole = lo.open_log(place).retain(older_than="99d", dry_run=True).remaining_bytes
    done = lo.open_log(place).retain(max_size=whole // 2)
    assert 0 < done.remaining_bytes <= whole // 2
    days = {name.partition("/")[0] for name in names(place)}
    assert days == set("0123456789"[: len(days)])
    assert lo.open_log(place).retain(max_size=1).remaining_rows > 0  # the latest day stays


def test_another_model_is_left_alone(place: Path) -> None:
    with lo.ClassificationLogger("other", enabled_metrics=[], directory=place) as log:
        assert log.log_prediction(None, "cat", image_name="old", time=clock.utc() - timedelta(days=99))
    assert lo.open_log(place).retain(older_than="1d", model="none' OR '1'='1").rows == 0
    assert lo.open_log(place).retain(older_than="1d", model=MODEL).rows == 72
    assert "old" in names(place)


def test_replaced_files_are_freed_after_the_grace(place: Path) -> None:
    at_first = files(place)
    joined = lo.open_log(place).compact(dry_run=True)
    assert (joined.days, joined.before, joined.after) == (joined.days, at_first, joined.days)
    assert lo.open_log(place).compact() == lo.Compacted(False, joined.days, at_first, joined.days, joined.bytes)
    assert len(names(place)) == 80
    assert files(place) == at_first + joined.days
    assert lo.open_log(place).vacuum().files == 0
    assert lo.open_log(place).vacuum(older_than="0", dry_run=True).files == at_first
    assert files(place) == at_first + joined.days
    assert lo.open_log(place).vacuum(older_than="0").files == at_first
    assert files(place) == joined.days
    assert len(names(place)) == 80
    done = lo.open_log(place).retain(older_than="5d", grace="0")
    assert done.freed > 0
    assert files(place) < joined.days
    assert pictures(place) == named_pictures(place)


def test_pictures_whose_rows_are_gone_are_freed(place: Path) -> None:
    lost = place / "_retained_images" / "model=x" / "day=2020-01-01" / "host-1-0123456789ab-1.jpg"
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"x")
    here = place / "_retained_images" / "model=x" / f"day={clock.utc().date()}" / "host-1-0123456789ab-2.jpg"
    here.parent.mkdir(parents=True)
    here.write_bytes(b"x")  # its row is on its way
    assert lo.open_log(place).vacuum(dry_run=True).pictures == 1
    assert lost.exists()
    assert lo.open_log(place).vacuum().pictures == 1
    assert (lost.exists(), lost.parent.exists(), here.exists()) == (False, False, True)


def test_a_row_leads_out_of_nothing(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "a.jpg").write_bytes(b"x")
    (place / "_retained_images" / "link").symlink_to(outside)
    held = Files(open_table(place))
    for path in (
        str(outside / "a.jpg"),
        "../a.jpg",
        "_retained_images/../../a.jpg",
        "_retained_images/link/a.jpg",
        "_retained_images/model=x/day=2020-01-01/a.jpg",
        "notes.txt",
        "a\\..\\b",
    ):
        assert held.remove(path) == 0
    assert (outside / "a.jpg").exists()


def test_what_means_nothing_is_refused(place: Path) -> None:
    with pytest.raises(ConfigError, match="nothing says what is to go"):
        lo.open_log(place).retain()
    with pytest.raises(ConfigError, match="50GB"):
        lo.open_log(place).retain(max_size="many")
    with pytest.raises(ConfigError, match="older_than=90"):
        lo.open_log(place).retain(older_than="90")
    with pytest.raises(SourceNotFound):
        lo.open_log(place / "none").compact()
    assert len(names(place)) == 80


def test_sizes_and_pauses() -> None:
    assert [size(one) for one in ("1", "2kB", "1.5GB", 7)] == [1, 2000, 1_500_000_000, 7]
    assert [grace_hours(one, "grace") for one in ("0", "1h", "61m", "7d")] == [0, 1, 2, 168]
    assert quoted("a' OR ''='") == "'a'' OR ''''='''"


def test_rows_of_rewritten_files_are_found(place: Path) -> None:
    # Delta Lake writes texts in another Arrow type when it rewrites a file.
    open_table(place).delta.delete("id = '0/1'")
    assert len(lo.open_log(place).show("0/0")) == 2
    assert lo.open_log(place).read(version="none").num_rows == 0
    assert lo.open_log(place).read(tags={"site": "none"}).num_rows == 0
    assert lo.open_log(place).erase(["0/0", "3/3"]).rows == 4
    assert lo.open_log(place).erase(["0/0", "3/3"], wait=0).rows == 0
