import pytest

from lookoutcv.errors import CorruptFile, NewerFormat, NotOurFile, WrongKind
from lookoutcv.records.stamp import Stamp, file_kind, from_json, read_stamp, require, stamp, to_json


def test_a_stamp_is_read_back() -> None:
    assert read_stamp(stamp("baseline", 12)) == Stamp("baseline", 12)
    assert file_kind(stamp("records", 1)) == "records"


@pytest.mark.parametrize("metadata", [None, {}, {b"pandas": b"{}"}])
def test_without_a_kind_it_is_not_ours(metadata: dict[bytes, bytes] | None) -> None:
    with pytest.raises(NotOurFile):
        file_kind(metadata)


def test_a_kind_that_is_no_text_is_corrupt() -> None:
    with pytest.raises(CorruptFile):
        file_kind(stamp("records", 1) | {b"lookoutcv.kind": b"\xff"})


def test_kind_is_checked_before_version() -> None:
    require(Stamp("records", 1), "records", 2)
    with pytest.raises(WrongKind):
        require(Stamp("baseline", 9), "records", 1)
    with pytest.raises(NewerFormat):
        require(Stamp("records", 2), "records", 1)


def test_json_is_the_same_for_equal_values() -> None:
    assert to_json({"b": 1, "a": "ü"}) == to_json({"a": "ü", "b": 1}) == '{"a":"ü","b":1}'.encode()
    assert from_json(to_json({"a": [1.5, None]})) == {"a": [1.5, None]}
