"""Laws of dividing: nothing lost, nothing twice, no group in two parts, the same parts in any order."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.errors import ConfigError, TrainingError
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.training.data.divide import divide
from lookoutcv.training.data.division import PARTS, Division, Part, Sample
from lookoutcv.training.data.sample_groups import Groups

SIZES = {"train": 0.65, "validation": 0.15, "test": 0.2}


def samples_of(labels: list[str]) -> list[Sample]:
    return [Sample(f"{n}.jpg", label, ListedRef(f"{n}.jpg", "")) for n, label in enumerate(labels)]


def divided(samples: list[Sample], numbers: list[int], seed: int = 0) -> Division:
    return divide(samples, Groups({one.id: n for one, n in zip(samples, numbers, strict=True)}, ()), seed=seed)


def part_of(division: Division) -> dict[str, Part]:
    return {sample.id: part for part in PARTS for sample in division.part(part)}


# A label and a group for each sample; groups may hold several labels.
CASES = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 30)), min_size=8, max_size=120)


@given(CASES, st.integers(0, 3), st.randoms(use_true_random=False))
def test_nothing_is_lost_or_twice_and_no_group_is_parted_in_any_order(
    case: list[tuple[str, int]], seed: int, shuffle: random.Random
) -> None:
    samples, numbers = samples_of([label for label, _ in case]), [number for _, number in case]
    try:
        division = divided(samples, numbers, seed)
    except TrainingError:
        return  # two classes in one group, or one class alone
    parts = part_of(division)
    assert len(parts) == sum(len(division.part(part)) for part in PARTS) <= len(samples)
    lost = {sample.label for sample in samples if sample.id not in parts}
    assert lost.isdisjoint(division.classes)
    assert not lost or any("Left out" in sentence for sentence in division.how)
    places: dict[int, set[Part]] = {}
    for sample, number in zip(samples, numbers, strict=True):
        if sample.id in parts:
            places.setdefault(number, set()).add(parts[sample.id])
    assert all(len(found) == 1 for found in places.values())
    again = list(zip(samples, numbers, strict=True))
    shuffle.shuffle(again)
    other = divided([sample for sample, _ in again], [1000 - number for _, number in again], seed)
    assert part_of(other) == parts
    assert [s.id for s in other.train] == [s.id for s in division.train]
    assert other.how == division.how


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4)), min_size=9, max_size=80), st.integers(0, 3))
def test_a_class_of_three_groups_is_in_every_part_and_one_of_fewer_is_told(
    groups: list[tuple[str, int]], seed: int
) -> None:
    labels = [label for label, size in groups for _ in range(size)]
    numbers = [number for number, (_, size) in enumerate(groups) for _ in range(size)]
    count = Counter(label for label, _ in groups)
    if len(count) < 2:
        return
    division = divided(samples_of(labels), numbers, seed)
    for label, many in count.items():
        there = [part for part in PARTS if any(one.label == label for one in division.part(part))]
        told = [sentence for sentence in division.how if f"'{label}'" in sentence]
        assert there == (list(PARTS) if many >= 3 else ["train", "test"] if many == 2 else ["train"])
        assert bool(told) == (many < 3)


@given(st.lists(st.sampled_from("abc"), min_size=60, max_size=200), st.integers(0, 5))
def test_shares_are_those_asked_for_where_every_sample_stands_for_itself(labels: list[str], seed: int) -> None:
    labels += ["a", "b"]  # one class alone is refused
    division = divided(samples_of(labels), list(range(len(labels))), seed)
    for label, many in Counter(labels).items():
        for part in PARTS if many >= 3 else ():
            found = sum(one.label == label for one in division.part(part))
            assert abs(found - many * SIZES[part]) <= 1.5


def test_the_seed_decides_and_is_told() -> None:
    samples = samples_of(["a", "b"] * 40)
    one, same, other = (divided(samples, list(range(80)), seed) for seed in (1, 1, 2))
    assert part_of(one) == part_of(same) != part_of(other)
    assert one.how[0].startswith("The parts are drawn with the seed 1: 65% to learn from, 15% to choose by, 20%")


def test_objects_of_many_classes_in_one_image_are_spread_as_far_as_it_goes() -> None:
    rng = random.Random(0)
    labels, numbers = [], []
    for image in range(200):
        for label in rng.sample("abcdefgh", 3):
            labels.append(label)
            numbers.append(image)
    division = divided(samples_of(labels), numbers)
    for part in PARTS:
        counts = Counter(one.label for one in division.part(part))
        assert all(counts[label] >= 0.5 * labels.count(label) * SIZES[part] for label in "abcdefgh")


def test_parts_that_the_source_gives_are_kept() -> None:
    samples = samples_of(list("ababababab"))
    groups = Groups({sample.id: number // 2 for number, sample in enumerate(samples)}, ())
    names: list[Part] = ["train"] * 5 + ["validation"] * 2 + ["test"] * 3
    parts = {sample.id: part for sample, part in zip(samples, names, strict=True)}
    division = divide(samples, groups, parts=parts)
    assert part_of(division) == parts
    assert division.how[:2] == (
        "The parts are those of the source.",
        "Of images that belong together, 2 groups lie in several of the parts that the source gives: scores may be "
        "better than they will be on other images.",
    )


@pytest.mark.parametrize("second", ["validation", "test"])
def test_where_the_source_gives_two_parts_what_chooses_is_drawn(second: Part) -> None:
    samples = samples_of(["a", "b"] * 50)
    groups = Groups({sample.id: number for number, sample in enumerate(samples)}, ())
    parts: dict[str, Part] = {one.id: "train" if n < 80 else second for n, one in enumerate(samples)}
    division = divide(samples, groups, parts=parts)
    assert {one.id for one in division.test} == {id for id, part in parts.items() if part == second}
    assert abs(len(division.validation) - 80 * 0.15 / 0.8) <= 1
    assert f"what it calls {second} chooses nothing" in division.how[0]


def test_a_class_that_is_only_tested_is_left_out_and_told() -> None:
    samples = samples_of(["a", "b"] * 5 + ["c"])
    groups = Groups({sample.id: number for number, sample in enumerate(samples)}, ())
    names: list[Part] = ["train"] * 6 + ["validation"] * 2 + ["test"] * 3
    division = divide(samples, groups, parts={one.id: part for one, part in zip(samples, names, strict=True)})
    assert division.classes == ("a", "b")
    assert len(division.test) == 2
    assert "Left out: 1 of 'c', of which there is nothing to learn from." in division.how


@pytest.mark.parametrize(("test", "validation"), [(0, 0.2), (0.2, 0), (0.8, 0.15), (1.5, 0.1), (-0.1, 0.1)])
def test_shares_out_of_range_are_refused(test: float, validation: float) -> None:
    samples = samples_of(["a", "b"])
    with pytest.raises(ConfigError, match=r"is .* left to learn from"):
        divide(samples, Groups({}, ()), test_size=test, validation_size=validation)
