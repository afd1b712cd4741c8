from __future__ import annotations

import pytest

from lookoutcv import column_aliases as aliases
from lookoutcv.column_aliases import AliasedColumns, column_key

TABLES = {
    name: value
    for name, value in vars(aliases).items()
    if name.isupper() and isinstance(value, tuple) and isinstance(value[0], str)
}


@pytest.mark.parametrize("name", TABLES)
def test_names_are_keys_and_stand_there_once(name: str) -> None:
    names = TABLES[name]
    assert [column_key(one) for one in names] == list(names)
    assert len(set(names)) == len(names)


def test_the_first_name_that_is_there_counts_whatever_its_case() -> None:
    columns = AliasedColumns([" Path ", "ID", "id"])
    assert columns.first(aliases.LABELLED_IMAGES) == "ID"
    assert columns.first(aliases.IMAGE_PATHS) == " Path "
    assert columns.first(aliases.CONFIDENCES) is None


@pytest.mark.parametrize("four", aliases.BOX_CORNERS)
def test_corners_are_found_as_four_or_not_at_all(four: tuple[str, ...]) -> None:
    assert AliasedColumns(map(str.upper, four)).box() == ("corners", tuple(map(str.upper, four)))
    assert AliasedColumns(four[:3]).box() == ("", ())


def test_beside_a_label_the_prediction_is_what_was_predicted() -> None:
    columns = AliasedColumns(["label", "pred_class", "class"])
    assert columns.first(aliases.PREDICTED_CLASSES) == "pred_class"
    assert columns.first(aliases.LOGGED_CLASSES) == "pred_class"
    assert columns.first(aliases.TRUE_LABELS) == "label"
