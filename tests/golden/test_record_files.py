"""Files that earlier versions wrote still read, and give the same numbers. `make_record_files.py` made them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from lookoutcv.profiles import codec, migrations
from lookoutcv.records import codec as record_codec
from lookoutcv.records.schema import RECORD_VERSION

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_record_files", Path(__file__).with_name("make_record_files.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("version", range(1, migrations.current_version() + 1))
def test_a_baseline_of_every_version_reads(version: int, maker: ModuleType) -> None:
    data = (DATA / f"baseline-v{version}.parquet").read_bytes()
    assert len(data) < 100_000
    found = maker.told(*codec.decode(data))
    assert json.loads(json.dumps(found)) == json.loads((DATA / f"baseline-v{version}.json").read_text("utf-8"))


@pytest.mark.parametrize("version", range(1, RECORD_VERSION + 1))
def test_records_of_every_version_read(version: int, maker: ModuleType) -> None:
    table, metadata = record_codec.decode((DATA / f"records-v{version}.parquet").read_bytes())
    assert maker.rows_of(table) == json.loads((DATA / f"records-v{version}.json").read_text("utf-8"))
    assert metadata == {"name": "Größe", "batches": [["day", 1.5], None]}


def test_the_same_records_still_make_the_same_profile(maker: ModuleType) -> None:
    written, metadata = codec.decode((DATA / f"baseline-v{migrations.current_version()}.parquet").read_bytes())
    assert maker.told(maker.profile(), metadata) == maker.told(written, metadata)
