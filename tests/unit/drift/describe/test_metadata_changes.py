from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.describe.metadata_changes import ColourChanged, colour_change, metadata_changes, nearly_black
from lookoutcv.drift.wording.image_sentences import black_sentence, change_sentence
from lookoutcv.profiles.profile import Profile, from_records


def side(**counts: Mapping[str, int]) -> Profile:
    return Profile(counts={key: counts.get(key, {}) for key in ("label", "format", "camera", "size")})


def measured(n: int, **columns: float) -> Profile:
    values = {name.replace("__", "."): pa.array(np.full(n, value), pa.float32()) for name, value in columns.items()}
    return from_records(pa.table({"id": [str(i) for i in range(n)], **values}))


def sentences(baseline: Profile, window: Profile) -> list[str]:
    return [change_sentence(change) for change in metadata_changes(baseline, window)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 9}, {"b": 9}, ["The camera changed: 'a' before (100%), 'b' now (100%)."]),
        ({"a": 5, "b": 5}, {"b": 9}, ["The camera changed: 'a' before (50%), 'b' now (100%)."]),
        ({"a": 5, "b": 5}, {"a": 4, "b": 6}, []),
        ({"a": 9}, {}, []),
        ({}, {"b": 9}, []),
    ],
)
def test_a_swap_is_what_changed_for_most_images(
    before: Mapping[str, int], after: Mapping[str, int], found: list[str]
) -> None:
    assert sentences(side(camera=before), side(camera=after)) == found


def test_format_and_size_are_read_too() -> None:
    old, new = side(format={"jpeg": 9}, size={"640x480": 9}), side(format={"png": 9}, size={"320x240": 9})
    assert [sentence.partition(":")[0] for sentence in sentences(old, new)] == [
        "The file format changed",
        "The image size changed",
    ]


def test_where_sizes_are_mixed_their_mean_counts() -> None:
    assert sentences(measured(9, geometry__size=1000), measured(9, geometry__size=2100)) == [
        "The image size changed: images have 2.1 times as many pixels on average."
    ]
    assert sentences(measured(9, geometry__size=1000), measured(9, geometry__size=1100)) == []


def test_images_that_now_come_turned() -> None:
    found = sentences(measured(9, geometry__orientation=0), measured(9, geometry__orientation=1))
    assert found == ["The orientation changed: 0% of files stored turned or mirrored before, 100% now."]


def coloured(share: float, n: int = 100) -> Profile:
    values = np.where(np.arange(n) < share * n, 0.4, 0.0)
    saturation = pa.array(values, pa.float32())
    return from_records(pa.table({"id": [str(i) for i in range(n)], "colour.saturation": saturation}))


def test_colour_that_comes_or_goes_is_on_record() -> None:
    gone = "The colour is gone: 100% of the images are grey now, 5% before."
    assert colour_change(coloured(0.95), coloured(0)) == ColourChanged(0.05, 1.0)
    assert gone in sentences(coloured(0.95), coloured(0))
    assert sentences(coloured(0), coloured(1)) == ["The images are in colour now: 0% are grey, 100% before."]
    assert colour_change(coloured(0.9), coloured(0.6)) is None
    assert colour_change(coloured(0), Profile()) is None


def test_nearly_black_is_what_12_bits_are_in_16() -> None:
    brightness = nearly_black(measured(50, exposure__brightness=0.04))
    assert brightness == pytest.approx(0.04)
    text = black_sentence("the baseline", 0.04)
    assert text.startswith("Nearly black: brightness in the baseline is at most 0.04 of 1")
    assert nearly_black(measured(50, exposure__brightness=0.2)) is None
    assert nearly_black(measured(50, exposure__brightness=np.nan)) is None
    assert nearly_black(Profile()) is None
