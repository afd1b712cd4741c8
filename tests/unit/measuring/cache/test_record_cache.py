"""What was measured before is looked up, and the outcome is the same to the last bit."""

from __future__ import annotations

import importlib.metadata
import os
import pickle
import shutil
import sys
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lookoutcv as lo
from lookoutcv import errors
from lookoutcv.images import Limits
from lookoutcv.measuring.cache import fingerprint
from lookoutcv.measuring.cache import lookup as recalled
from lookoutcv.measuring.cache import record_cache as cache
from lookoutcv.measuring.cache.cache_entry import EntryForm
from lookoutcv.measuring.cache.record_cache import cache_location, describe
from lookoutcv.measuring.engines import measure_batches as batches
from lookoutcv.metric_selection import select_metrics
from lookoutcv.metrics import Metric
from lookoutcv.plugins import load_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is decoded in this process."""
    seen: list[Any] = []
    read = recalled.read

    def noted(source: Any, **options: Any) -> Any:
        seen.append(source)
        return read(source, **options)

    monkeypatch.setattr(recalled, "read", noted)
    return seen


def with_exif(path: Path) -> Path:
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = 6, "Canon", "40D"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    pixels = np.random.default_rng(3).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    PIL.Image.fromarray(pixels).save(path, exif=exif)
    return path


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("metrics", ["default", "all", "identity,noise"])
def test_rows_are_the_same_to_the_last_bit(
    good: Path, tmp_path: Path, folder: Path, workers: int, metrics: str
) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(good, tree)
    with_exif(tree / "cat" / "turned.jpg")
    (tree / "cat" / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    plain = lo.measure(tree, workers=workers, metrics=metrics, cache=False)
    for _ in range(3):
        again = lo.measure(tree, workers=workers, metrics=metrics, cache=folder)
        assert again.table.equals(plain.table)
        assert repr(again.table.to_pylist()) == repr(plain.table.to_pylist())
        assert (again.skipped, again.skipped_count) == (plain.skipped, 1)
    assert lo.baseline(tree, workers=1, metrics=metrics, cache=folder).profile.count == 161


def test_only_what_changed_is_decoded(fine: Path, tmp_path: Path, folder: Path, decoded: list[Any]) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(fine, tree)
    lo.measure(tree, workers=1, cache=folder)
    assert len(decoded) == 60
    decoded.clear()
    first, second = sorted((tree / "cat").iterdir())[:2]
    before = first.stat()
    # Another picture under the old name, with the old size and date.
    data = bytearray(first.read_bytes())
    data[-20] ^= 0x10
    first.write_bytes(data)
    os.utime(first, ns=(before.st_atime_ns, before.st_mtime_ns))
    second.rename(tree / "cat" / "another name.jpg")
    with_exif(tree / "cat" / "new.jpg")
    rows = lo.measure(tree, workers=1, cache=folder)
    assert sorted(Path(one.name).name for one in decoded) == [first.name, "new.jpg"]
    assert rows.table.equals(lo.measure(tree, workers=1).table)


def test_metrics_may_be_asked_in_any_order(fine: Path, folder: Path, decoded: list[Any]) -> None:
    lo.measure(fine, metrics="noise,exposure", workers=1, cache=folder)
    decoded.clear()
    rows = lo.measure(fine, metrics="exposure,noise", workers=1, cache=folder)
    assert decoded == []
    assert rows.table.equals(lo.measure(fine, metrics="exposure,noise", workers=1).table)
    lo.measure(fine, metrics="exposure", workers=1, cache=folder)
    assert decoded


def test_a_limit_holds_for_known_images_too(fine: Path, folder: Path) -> None:
    lo.measure(fine, workers=1, cache=folder)
    with pytest.raises(errors.NoImages, match="larger than 100 pixels"):
        lo.measure(fine, workers=1, cache=folder, max_pixels=100)
    with pytest.raises(errors.NoImages, match="MiB"):
        lo.measure(fine, workers=1, cache=folder, max_bytes=100)


def test_bytes_archives_and_urls_are_found_and_pixels_are_not(
    fine: Path, tmp_path: Path, folder: Path, decoded: list[Any]
) -> None:
    paths = sorted(fine.rglob("*.jpg"))[:5]
    lo.measure([str(path) for path in paths], workers=1, cache=folder)
    decoded.clear()
    archive = tmp_path / "images.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for number, path in enumerate(paths):
            file.write(path, f"{number}.jpg")
    assert len(lo.measure(archive, workers=1, cache=folder)) == 5
    assert len(lo.measure([path.read_bytes() for path in paths], workers=1, cache=folder)) == 5
    assert decoded == []
    pixels = [lo.read(path).pixels for path in paths]
    for _ in range(2):
        lo.measure(pixels, workers=1, cache=folder)
    assert len(decoded) == 10


def test_strict_says_the_same_of_a_bad_image(bad: Path, folder: Path) -> None:
    told = []
    for place in (False, folder, folder):
        with pytest.raises(errors.UnreadableImage) as caught:
            lo.measure(bad, workers=1, cache=place, strict=True)
        told.append(str(caught.value))
    assert len(set(told)) == 1


@dataclass(frozen=True)
class Told:
    """A reference whose source tells time and tags."""

    id: str
    path: str
    label: str | None
    time: datetime | None
    tags: dict[str, str]
    objects: None = None

    def load(self) -> str:
        return self.path


@dataclass(frozen=True)
class Telling:
    refs: list[Told]
    name: str = "telling"

    def __iter__(self) -> Any:
        return iter(self.refs)

    def count(self) -> int:
        return len(self.refs)


def test_what_the_source_says_is_not_remembered(tmp_path: Path, folder: Path) -> None:
    path = str(with_exif(tmp_path / "a.jpg"))
    day = datetime(2020, 1, 2, tzinfo=UTC)
    one = Told("a", path, "cat", day, {"site": "north"})
    for ref in (one, replace(one, id="b", label=None, tags={}), replace(one, time=None)):
        (row,) = lo.measure(Telling([ref]), workers=1, cache=folder).table.to_pylist()
        assert (row["id"], row["label"], dict(row["tags"] or [])) == (ref.id, ref.label, ref.tags)
        assert row["time"] == (ref.time or datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC))
        assert (row["camera"], row["exif_orientation"]) == ("Canon 40D", 6)


# What measured it.


def own(folder: Path, text: str, name: str = "own") -> Metric:
    path = folder / f"{name}.py"
    path.write_text(
        "import lookoutcv as lo\nfrom lookoutcv.grids import linear\n"
        "@lo.metric('own.one', unit='1', range=(0, 9), grid=linear(0, 9, 9), source='ours')\n"
        f"def one(view):\n    {text}\n"
    )
    return load_file(path).one  # type: ignore[no-any-return]


def test_a_changed_metric_is_measured_anew(fine: Path, tmp_path: Path, folder: Path) -> None:
    for value in (1, 2):
        metric = own(tmp_path, f"return {value}")
        rows = lo.measure(fine, metrics=[metric], workers=1, cache=folder)
        assert set(rows.table.column("own.one").to_pylist()) == {value}
        sys.modules.pop(metric.measure.__module__)


def test_a_file_that_the_metric_names_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = tmp_path / "beside_the_metric.py"
    monkeypatch.syspath_prepend(tmp_path)
    marks = []
    for value in (1, 2):
        beside.write_text(f"VALUE = {value}\ndef value():\n    return VALUE\n")
        sys.modules.pop("beside_the_metric", None)
        metric = own(tmp_path, "return value()\nfrom beside_the_metric import value")
        marks.append(fingerprint.fingerprint([metric], Limits()))
        sys.modules.pop(metric.measure.__module__)
    assert None not in marks
    assert marks[0] != marks[1]


def test_a_metric_whose_definition_cannot_be_known_is_never_looked_up(fine: Path, folder: Path) -> None:
    factor = 1.0

    @lo.metric("own.closed", unit="1", range=(0, 9), grid=select_metrics("noise")[0].grid, source="ours")
    def closed(view: object) -> float:
        """Depends on something outside."""
        return factor

    for factor in (1.0, 2.0):
        rows = lo.measure(fine, metrics=[closed], workers=1, cache=folder)
        assert set(rows.table.column("own.closed").to_pylist()) == {factor}
    assert not folder.exists()


def test_another_version_of_this_package_or_of_a_decoder_is_another_way_of_measuring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def mark() -> bytes | None:
        fingerprint._shipped.cache_clear()
        return fingerprint.fingerprint(select_metrics("noise"), Limits())

    before = mark()
    assert mark() == before
    assert fingerprint.fingerprint(select_metrics("noise"), Limits(max_pixels=5)) != before
    with monkeypatch.context() as changed:
        changed.setattr(fingerprint, "__version__", "99")
        assert mark() != before
    with monkeypatch.context() as changed:
        changed.setattr(importlib.metadata, "version", lambda package: "99")
        assert mark() != before
    assert mark() == before


# Entries.

finite = st.floats(allow_nan=True, allow_infinity=False)
facts = st.fixed_dictionaries(
    {
        "time": st.none() | st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(fold=0)),
        "width_px": st.integers(1, 2**31 - 1),
        "height_px": st.integers(1, 2**31 - 1),
        "format": st.sampled_from(["jpeg", "png", "webp"]),
        "stored_bytes": st.integers(0, 2**40),
        "exif_orientation": st.none() | st.integers(1, 8),
        "camera": st.none() | st.text(max_size=40),
        "content_hash": st.integers(0, 2**64 - 1),
    }
)


@given(facts, finite, finite, st.integers(0, 2**64 - 1))
def test_an_entry_gives_back_what_was_packed(known: dict[str, Any], one: float, two: float, hashed: int) -> None:
    metrics = select_metrics("noise.sigma,identity.phash,exposure.brightness")
    values = dict(zip([metric.name for metric in metrics], (one, hashed, two), strict=True))
    form = pickle.loads(pickle.dumps(EntryForm(metrics)))
    entry = form.pack(known, values)
    assert entry is not None
    found = form.unpack(entry)
    assert found is not None
    # As text: NaN is not equal to itself.
    assert [repr(sorted(one.items())) for one in found] == [repr(sorted(one.items())) for one in (known, values)]
    assert list(found[1]) == list(values)


@given(st.binary(max_size=200))
def test_an_entry_of_other_bytes_is_none(data: bytes) -> None:
    assert EntryForm(select_metrics("default")).unpack(data) is None


# Where it is.


def test_where_the_cache_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_location() is None  # LOOKOUTCV_CACHE is "off" in the tests
    assert cache_location(False) is None
    assert cache_location(tmp_path) == cache.CacheLocation(tmp_path, explicit=True)
    monkeypatch.setenv("LOOKOUTCV_CACHE", str(tmp_path / "a"))
    assert cache_location() == cache_location(True) == cache.CacheLocation(tmp_path / "a", explicit=True)
    monkeypatch.delenv("LOOKOUTCV_CACHE")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_location() == cache.CacheLocation(tmp_path / "lookoutcv", explicit=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_location() == cache.CacheLocation(Path.home() / ".cache" / "lookoutcv", explicit=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_location() == cache.CacheLocation(Path.home() / "Library" / "Caches" / "lookoutcv", explicit=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert cache_location() == cache.CacheLocation(tmp_path / "lookoutcv", explicit=False)
    (tmp_path / "file").touch()
    with pytest.raises(errors.ConfigError, match="cache=False"):
        cache_location(tmp_path / "file")


def test_a_user_without_a_home_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("LOOKOUTCV_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", homeless)
    assert cache_location() is None
    assert describe() is None


def test_what_is_told_of_a_cache(fine: Path, folder: Path) -> None:
    place = cache_location(folder)
    empty = {"bytes": 0, "most_bytes": 2**29}
    answered = {"path": str(folder / "answered.sqlite"), "batches": 0, **empty}
    path = str(folder / "measured.sqlite")
    assert describe(place) == {"path": path, "images": 0, **empty, "answered": answered}
    lo.measure(fine, workers=1, cache=folder)
    told = describe(place)
    assert told is not None
    assert told["images"] == 60
    assert told["bytes"] > 10_000


def test_few_new_images_among_many_known_start_no_process(
    good: Path, fine: Path, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lo.measure(good, workers=1, cache=folder)

    def refused(*arguments: object) -> Any:
        raise AssertionError("processes were started")

    monkeypatch.setattr(batches, "in_processes", refused)
    paths = [str(path) for path in sorted(good.rglob("*.jpg"))]
    new = [str(path) for path in sorted(fine.rglob("*.jpg"))]
    mixed = [*paths[:90], *new, *paths[90:]]
    rows = lo.measure(mixed, workers=2, cache=folder)
    assert rows.table.equals(lo.measure(mixed, workers=1).table)
    with pytest.raises(AssertionError, match="processes"):
        lo.measure(mixed, workers=2, cache=tmp_path / "empty")
