"""Opening a history: new, old, somebody else's, newer; two processes at once; data outlive an upgrade."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

import lookoutcv.history.history_database as module
from lookoutcv.errors import CorruptFile, HistoryUnavailable, LookoutError, NewerFormat, NotOurFile, UsageError
from lookoutcv.history.open_history import open_history

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
OPEN = "import sys; from lookoutcv.history.open_history import open_history; open_history(sys.argv[1]).close()"


def test_what_was_told_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with open_history(tmp_path / "h.db") as history:
        history.add_event("began")
    with open_history(f"sqlite:///{tmp_path}/h.db") as history:
        assert [event.kind for event in history.events()] == ["began"]


def test_processes_that_open_a_new_one_at_once_all_do(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(tmp_path / "h.db")]
    begun = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate(timeout=120)[1] for process in begun]
    assert [process.returncode for process in begun] == [0] * 4, said


def upgrade_to(path: Path, revision: str) -> None:
    here = Path(module.__file__).parent
    script = ScriptDirectory(str(here), version_locations=[str(here / "migrations")])
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        context = EnvironmentContext(Config(), script, fn=lambda now, _: script._upgrade_revs(revision, now))
        with context as environment:
            environment.configure(connection=connection, version_table=module.VERSION_TABLE)
            environment.run_migrations()
    engine.dispose()


def test_an_upgrade_keeps_what_is_there_and_rolls_it_up(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    upgrade_to(path, "1")
    at = int(NOON.timestamp()) * 1_000_000
    rows = [("m", "n", at + hour * 3_600_000_000, 0.1 * (hour + 1)) for hour in range(30)]
    with sqlite3.connect(path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "history_rollups" not in tables
        connection.executemany("INSERT INTO history_points (model, name, at, value) VALUES (?, ?, ?, ?)", rows)
        connection.execute(
            "INSERT INTO history_events (at, kind, model, message, fields) VALUES (1, 'k', '', 'x', '{}')"
        )
    connection.close()
    with open_history(path) as old, open_history(tmp_path / "new.db") as new:
        new.add_points("m", "n", [(datetime.fromtimestamp(row[2] / 1e6, UTC), row[3]) for row in rows])
        for by in ("hour", "day"):
            assert old.rollup("m", "n", by=by) == new.rollup("m", "n", by=by) != []
        assert old.events()[0].message == "x"


def test_what_is_not_ours_is_left_as_it_is(tmp_path: Path) -> None:
    text, other = tmp_path / "a.txt", tmp_path / "other.db"
    text.write_text("a letter, longer than a header")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE letters (a)")
    connection.close()
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(NotOurFile, match=path.name):
            open_history(path)
        assert path.read_bytes() == before


def test_one_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    open_history(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE {module.VERSION_TABLE} SET version_num = '99'")
    connection.close()
    with pytest.raises(NewerFormat, match="99"):
        open_history(path)


@pytest.mark.parametrize("place", ["", "a\0b", "mysql://host/a", "sqlite://", "sqlite:///:memory:", "://", "x://"])
def test_what_is_no_place_for_one_is_said(place: str) -> None:
    with pytest.raises(UsageError):
        open_history(place)


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(HistoryUnavailable, match="unable to open"):
        open_history(tmp_path / "none" / "h.db")
    with pytest.raises(HistoryUnavailable):
        open_history(tmp_path)


def test_a_password_is_in_no_message(tmp_path: Path) -> None:
    for place in ("postgresql+pg8000://me:hunter22@127.0.0.1:1/a", "mysql://me:hunter22@host/a"):
        with pytest.raises(LookoutError) as caught:
            open_history(place)
        assert "hunter22" not in f"{caught.value!s}{caught.value!r}{caught.value.fields}{caught.value.__cause__!r}"


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    open_history(path).close()
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))
    with pytest.raises(CorruptFile, match=r"h\.db"):
        open_history(path)
