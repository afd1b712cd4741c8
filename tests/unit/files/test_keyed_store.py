"""Values by key in one file: bounded, shared, and never a reason to stop."""

from __future__ import annotations

import os
import pickle
import sqlite3
from pathlib import Path

import pytest

from lookoutcv.files import keyed_store
from lookoutcv.files.keyed_store import KeyedStore

not_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
LARGE = 10**9


def values(count: int, size: int = 200) -> dict[bytes, bytes]:
    return {number.to_bytes(16, "big"): number.to_bytes(2, "big") * (size // 2) for number in range(count)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "values.sqlite"


def test_what_was_written_is_found_by_others_and_later(path: Path) -> None:
    with KeyedStore(path, LARGE) as store, KeyedStore(path, LARGE) as beside:
        store.write(values(3))
        store.write({b"key": b""})
        assert [beside.get(key) for key in values(3)] == list(values(3).values())
        assert (beside.get(b"key"), beside.get(b"none"), beside.count()) == (b"", None, 4)
    with pickle.loads(pickle.dumps(store)) as again:
        assert again.get(b"key") == b""
        again.write({b"key": b"newer"})
        assert again.get(b"key") == b"newer"
        assert again.trouble is None


def test_reading_makes_no_file(path: Path) -> None:
    with KeyedStore(path, LARGE) as store:
        assert (store.get(b"key"), store.count(), store.trouble) == (None, 0, None)
    assert not path.parent.exists()


def test_the_folder_is_the_users_own(path: Path) -> None:
    with KeyedStore(path, LARGE) as store:
        assert store.prepare()
    if os.name == "posix":
        assert path.parent.stat().st_mode & 0o077 == 0


def test_what_was_used_longest_ago_is_dropped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bound = 400_000
    with KeyedStore(path, bound) as store:
        for day in range(20):
            monkeypatch.setattr(keyed_store, "_today", lambda day=day: day)
            store.write({b"%d-%d" % (day, n): bytes(200) for n in range(200)}, used=[b"0-7"])
        assert 500 < store.count() < 1600
        assert store.get(b"19-0") is not None
        assert store.get(b"0-7") is not None
        assert store.get(b"0-8") is None
    assert path.stat().st_size < 1.3 * bound


def test_use_is_noted_once_a_day(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with KeyedStore(path, LARGE) as store:
        store.write(values(2))
        first = next(iter(values(1)))
        assert store.get(first)
        assert store.stale() == set()
        monkeypatch.setattr(keyed_store, "_today", lambda: 10**6)
        assert store.get(first)
        assert store.stale() == {first}
        assert store.stale() == set()
        store.write({}, used={first})
        assert store.get(first)
        assert store.stale() == set()


def test_a_flipped_bit_is_not_handed_out(path: Path) -> None:
    with KeyedStore(path, LARGE) as store:
        store.write(values(1))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entries SET value = zeroblob(204)")
    connection.close()
    with KeyedStore(path, LARGE) as store:
        assert store.get(next(iter(values(1)))) is None


def damage_by_text(path: Path) -> None:
    path.write_bytes(b"no database at all, but text " * 100)


def damage_in_the_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


def damage_by_cutting(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def damage_by_another_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entries (other TEXT)")
    connection.close()


def damage_by_a_newer_form(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize(
    "damage",
    [damage_in_the_middle, damage_by_cutting, damage_by_a_newer_form],
)
def test_a_damaged_file_is_set_aside_and_begun_anew(path: Path, damage: object) -> None:
    with KeyedStore(path, LARGE) as store:
        store.write(values(500))
    damage(path)  # type: ignore[operator]
    with KeyedStore(path, LARGE) as reader:
        assert reader.get(b"key") is None
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    with KeyedStore(path, LARGE) as store:
        store.prepare()
        store.write({b"key": b"value"})
        store.write({b"key": b"value"})
        assert store.trouble is not None
        assert store.get(b"key") == b"value"
    assert path.with_name(path.name + ".damaged").exists()
    with KeyedStore(path, LARGE) as later:
        assert (later.get(b"key"), later.count(), later.trouble) == (b"value", 1, None)


@pytest.mark.parametrize("another", [damage_by_text, damage_by_another_program])
def test_a_file_of_another_program_stays(path: Path, another: object) -> None:
    with KeyedStore(path, LARGE) as store:
        store.write(values(5))
    another(path)  # type: ignore[operator]
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    before = path.read_bytes()
    with KeyedStore(path, LARGE) as store:
        store.prepare()
        store.write({b"key": b"value"})
        assert "of another program" in str(store.trouble)
        assert store.get(b"key") is None
    assert path.read_bytes() == before
    assert not path.with_name(path.name + ".damaged").exists()


def test_what_was_set_aside_by_somebody_else_stays(path: Path) -> None:
    aside = path.with_name(path.name + ".damaged")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside.write_text("mine")
    for number in range(2):
        with KeyedStore(path, LARGE) as store:
            store.write(values(500))
        damage_by_cutting(path)
        with KeyedStore(path, LARGE) as store:
            store.write({b"key": b"value"})
            assert f"{path.name}.damaged2" in str(store.trouble), number
    assert aside.read_text() == "mine"


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a place where no file can be made")
def test_a_place_that_cannot_be_written_is_told_and_no_error() -> None:
    with KeyedStore(Path("/proc/none/values.sqlite"), LARGE) as store:
        assert not store.prepare()
        store.write(values(3))
        assert store.get(next(iter(values(1)))) is None
        assert "cannot be written" in str(store.trouble)


@not_root
def test_a_read_only_folder_is_told_and_no_error(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o500)
    with KeyedStore(path, LARGE) as store:
        assert not store.prepare()
        assert "cannot be written" in str(store.trouble)


def test_another_process_that_writes_only_costs_what_was_to_be_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed_store, "_PATIENCE_SECONDS", 0.05)
    with KeyedStore(path, LARGE) as store:
        store.write(values(1))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        store.write({b"lost": b"value"})
        assert store.get(next(iter(values(1)))) is not None
        other.execute("ROLLBACK")
        other.close()
        assert store.trouble is None
        store.write({b"kept": b"value"})
        assert (store.get(b"lost"), store.get(b"kept")) == (None, b"value")
