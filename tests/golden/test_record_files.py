"""Files that earlier versions wrote still read, and give the same numbers. `make_record_files.py` made them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from lookoutcv.measuring.baseline import Baseline
from lookoutcv.profiles import codec, json_codec, migrations
from lookoutcv.records import codec as record_codec
from lookoutcv.records.schema import RECORD_VERSION

DATA = Path(__file__).parent / "data"
FIRST_AS_JSON = 4  # earlier versions had no such form


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


@pytest.mark.parametrize("version", range(FIRST_AS_JSON, migrations.current_version() + 1))
def test_a_json_baseline_of_every_version_reads_as_its_parquet_form(version: int, maker: ModuleType) -> None:
    data = (DATA / f"baseline-as-json-v{version}.json").read_bytes()
    assert len(data) < 100_000
    profile, metadata = json_codec.decode_json(data)
    assert maker.told(profile, metadata) == maker.told(
        *codec.decode((DATA / f"baseline-v{version}.parquet").read_bytes())
    )
    if version == migrations.current_version():
        assert json_codec.encode_json(maker.profile(), metadata=metadata) == data


def test_what_version_3_told_of_a_model_and_of_itself_reads() -> None:
    """Made by the version before, with a labelled model and corrupted copies of 110 images."""
    baseline = Baseline.load(DATA / "baseline-with-model-v3.parquet")
    assert baseline.model is not None
    assert (baseline.model.labels, baseline.model.imported) == (("dark", "light"), False)
    assert baseline.calibration is not None
    assert baseline.calibration.perturbation is not None
    assert baseline.calibration.perturbation.names[:2] == ["brighten 2", "brighten 4"]
    assert baseline.check is not None
    assert (baseline.check.images, baseline.check.autocorrelation) == (330, None)
    again = Baseline.from_bytes(baseline.to_bytes())
    assert (again.model, again.calibration, again.check) == (baseline.model, baseline.calibration, baseline.check)


@pytest.mark.parametrize("version", range(1, RECORD_VERSION + 1))
def test_records_of_every_version_read(version: int, maker: ModuleType) -> None:
    table, metadata = record_codec.decode((DATA / f"records-v{version}.parquet").read_bytes())
    assert maker.rows_of(table) == json.loads((DATA / f"records-v{version}.json").read_text("utf-8"))
    assert metadata == {"name": "Größe", "batches": [["day", 1.5], None]}


def test_the_same_records_still_make_the_same_profile(maker: ModuleType) -> None:
    written, metadata = codec.decode((DATA / f"baseline-v{migrations.current_version()}.parquet").read_bytes())
    assert maker.told(maker.profile(), metadata) == maker.told(written, metadata)
