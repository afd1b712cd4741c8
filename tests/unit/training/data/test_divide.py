"""From a folder to parts: few images a class, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drawn_classes import draw_classes
from lookoutcv.errors import ConfigError
from lookoutcv.training.data.check_data import check_data
from lookoutcv.training.data.divide import check_shares, divide, part_summary
from lookoutcv.training.data.division import PARTS, Division
from lookoutcv.training.data.labelled_samples import LabelledSamples, read_samples
from lookoutcv.training.data.sample_groups import grouped


def divided(target: Path) -> tuple[LabelledSamples, Division]:
    samples = read_samples(target, {"workers": 1})
    return samples, divide(samples.samples, grouped(samples.samples, samples.records))


def test_three_images_a_class_are_one_in_each_part(tmp_path: Path) -> None:
    samples, division = divided(draw_classes(tmp_path, each=3))
    for part in PARTS:
        assert part_summary(division, part, samples.records).classes == {"bar": 1, "ring": 1, "square": 1}
    assert division.how[1] == (
        "As groups are not parted and every class is in every part where it can be, these became 33% to learn from, "
        "33% to choose by, 33% that choose nothing and tell how good it is."
    )
    (few,) = (one for one in check_data(samples, division).findings if one.severity == "medium")
    assert few.problem.startswith("Of 'bar', 'ring', 'square' there are under 40 images each.")


def test_a_class_of_two_and_of_one_are_told(tmp_path: Path) -> None:
    draw_classes(tmp_path, ("cat", "dog"), 8)
    draw_classes(tmp_path, ("owl",), 2, first=40)
    draw_classes(tmp_path, ("yak",), 1, first=50)
    samples, division = divided(tmp_path)
    assert division.how[-2:] == (
        "No image of 'owl', 'yak' is among those that choose: a class needs three that are unlike.",
        "No image of 'yak' is among those that test: a class needs three that are unlike.",
    )
    assert division.classes == ("cat", "dog", "owl", "yak")
    assert part_summary(division, "train", samples.records).classes["yak"] == 1


def test_a_summary_says_whether_a_part_is_the_same(tmp_path: Path) -> None:
    one, two = draw_classes(tmp_path / "one"), draw_classes(tmp_path / "two")
    summaries = [part_summary(divided(folder)[1], "test", divided(folder)[0].records) for folder in (one, two)]
    assert summaries[0] == summaries[1]
    assert (summaries[0].images, summaries[0].groups, sum(summaries[0].classes.values())) == (3, 3, 3)
    samples, division = divided(two)
    name = division.test[0].id
    (two / name).write_bytes((two / name).read_bytes() + b"\0")
    samples, division = divided(two)
    assert name in {sample.id for sample in division.test}
    assert part_summary(division, "test", samples.records).sha256 != summaries[0].sha256


@pytest.mark.parametrize(
    ("sizes", "key", "said"),
    [
        ((0, 0.15), "test_size", "test_size is 0. Give test_size a share above 0"),
        ((0.2, 1.5), "validation_size", "validation_size is 1.5. Give validation_size a share above 0"),
        ((0.6, 0.35), "test_size", "test_size is 0.6 and validation_size is 0.35. Give less for one of them"),
    ],
)
def test_the_share_that_leaves_nothing_is_named(sizes: tuple[float, float], key: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        check_shares(*sizes)
    assert str(refused.value).startswith(said)
    assert refused.value.key == key
