"""Samples divided into what is learnt from, what chooses, and what chose nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import pyarrow as pa

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, TrainingError
from lookoutcv.results.training_run import PartSummary
from lookoutcv.sources.file_names import natural_key
from lookoutcv.sources.folders.folder_roles import first_named
from lookoutcv.training.data.division import PARTS, Division, Part, Sample
from lookoutcv.training.data.labelled_samples import classes_of
from lookoutcv.training.data.sample_groups import Groups
from lookoutcv.training.data.stratified import Group, stratified, wanted_parts

# A fifth is what most people hold out; what chooses takes a sixth of the rest.
TEST_SIZE, VALIDATION_SIZE = 0.2, 0.15
_LEAST_TRAIN = 0.1
# So far from what was asked for, a share is told.
_NEAR = 0.05
_WHAT: Mapping[Part, str] = {
    "train": "to learn from",
    "validation": "to choose by",
    "test": "that choose nothing and tell how good it is",
}


def check_shares(test_size: float, validation_size: float) -> None:
    """Refuse shares that leave one part nothing.

    Raises:
        ConfigError: One is not above 0, or together they leave too little to learn from.
    Example:
        >>> check_shares(0.2, 0.15)
    """
    sizes = {"test_size": test_size, "validation_size": validation_size}
    enough = "at least a tenth of all must be left to learn from"
    for name, size in sizes.items():
        if not 0 < size <= 1 - _LEAST_TRAIN:
            flag = option(name)
            raise ConfigError(f"{flag} is {size:g}", f"Give {flag} a share above 0, such as 0.2; {enough}.", key=name)
    if sum(sizes.values()) > 1 - _LEAST_TRAIN:
        both = " and ".join(f"{option(name)} is {size:g}" for name, size in sizes.items())
        raise ConfigError(both, f"Give less for one of them: {enough}.", key="test_size")


def divide(
    samples: Sequence[Sample],
    groups: Groups,
    *,
    parts: Mapping[str, Part] | None = None,
    test_size: float = TEST_SIZE,
    validation_size: float = VALIDATION_SIZE,
    seed: int = 0,
) -> Division:
    """The three parts, every class in each in the same shares as far as its groups allow, and no group in two.

    Parts that the source gives are taken as they are. Where it gives what to learn from and only one other, that one is
    what chooses nothing, and what chooses is drawn from what is learnt from.

    Args:
        samples: In any order: the same samples give the same parts.
        groups: Which must not be parted.
        parts: The part of each sample, by id, where the source divides them.
        test_size, validation_size: Shares of all samples.
        seed: Of the draw.
    Raises:
        ConfigError: A share is not above 0, or too little is left to learn from.
        TrainingError: Fewer than two classes are left.
    """
    check_shares(test_size, validation_size)
    order = sorted(samples, key=lambda sample: natural_key(sample.id))
    shares: dict[Part, float] = {
        "train": 1 - test_size - validation_size,
        "validation": validation_size,
        "test": test_size,
    }
    if parts:
        given = dict(parts)
        how = [_given(given)]
        if set(given.values()) != set(PARTS):
            given = {id: part if part == "train" else "test" for id, part in given.items()}
            rest = [sample for sample in order if given[sample.id] == "train"]
            whole = 1 - test_size
            given |= _drawn(
                rest, groups, {"train": shares["train"] / whole, "validation": validation_size / whole}, seed
            )
        how += _straddling(order, given, groups)
    else:
        given = _drawn(order, groups, shares, seed)
        percents = ", ".join(f"{share:.0%} {_WHAT[part]}" for part, share in shares.items())
        how = [f"The parts are drawn with the seed {seed}: {percents}.", *_off(given, shares)]
    how += groups.how
    return _division(order, given, groups, how)


def part_summary(division: Division, name: Part, records: pa.Table) -> PartSummary:
    """What a part is, for the run and the package.

    Args:
        division: Of the samples.
        name: Which part.
        records: Of their images, as `read_samples` gives them.
    """
    ids, hashes = (records.column(column).to_pylist() for column in ("id", "content_hash"))
    content = dict(zip(ids, hashes, strict=True))
    samples = division.part(name)
    digest = hashlib.sha256()
    for sample in sorted(samples, key=lambda sample: sample.id):
        what = "\0".join(map(str, (sample.id, sample.label, content.get(sample.ref.id) or 0, sample.box or "")))
        digest.update(what.encode("utf-8", "surrogatepass") + b"\n")
    counts = Counter(sample.label for sample in samples)
    together = {division.groups.get(sample.id, sample.id) for sample in samples}
    in_order = {label: counts[label] for label in division.classes}
    return PartSummary(name, len(samples), len(together), in_order, digest.hexdigest())


def _drawn(order: Sequence[Sample], groups: Groups, shares: Mapping[Part, float], seed: int) -> dict[str, Part]:
    """The part of each sample, by id."""
    members: dict[int, list[Sample]] = {}
    for sample in order:
        members.setdefault(groups.of[sample.id], []).append(sample)
    # The first id names a group: numbers of groups follow the order in which samples came.
    key_of = {number: found[0].id for number, found in members.items()}
    found = stratified(
        [Group(key_of[number], Counter(one.label for one in together)) for number, together in members.items()],
        shares,
        seed,
    )
    return {sample.id: found[key_of[groups.of[sample.id]]] for sample in order}


def _division(order: Sequence[Sample], given: Mapping[str, Part], groups: Groups, how: list[str]) -> Division:
    classes = classes_of(sample for sample in order if given[sample.id] == "train")
    if len(classes) < 2:
        raise TrainingError(
            f"what is to be learnt from has only the class {first_named(classes)}"
            if classes
            else "nothing is left to learn from",
            "Give more images of each class, or leave the division to `lookout train` by giving them in one folder.",
        )
    known = set(classes)
    unknown = [sample for sample in order if sample.label not in known]
    if unknown:
        how.append(
            f"Left out: {len(unknown):,} of {first_named(sample.label for sample in unknown)}, of which there is "
            "nothing to learn from."
        )
    kept = [sample for sample in order if sample.label in known]
    by_part = {part: tuple(one for one in kept if given[one.id] == part) for part in PARTS}
    of_kept = {sample.id: groups.of[sample.id] for sample in kept}
    how += _missing(by_part, classes, of_kept)
    return Division(classes, by_part["train"], by_part["validation"], by_part["test"], of_kept, tuple(how))


def _off(given: Mapping[str, Part], shares: Mapping[Part, float]) -> Iterator[str]:
    """What is said where the shares are not those that were asked for: groups are large, or classes small."""
    counts = Counter(given.values())
    if any(abs(counts[part] / max(len(given), 1) - share) > _NEAR for part, share in shares.items()):
        found = ", ".join(f"{counts[part] / len(given):.0%} {_WHAT[part]}" for part in shares)
        yield f"As groups are not parted and every class is in every part where it can be, these became {found}."


def _given(parts: Mapping[str, Part]) -> str:
    found = [part for part in PARTS if part in set(parts.values())]
    if len(found) == len(PARTS):
        return "The parts are those of the source."
    return (
        f"The source divides its images into train and {found[-1]}: what it calls {found[-1]} chooses nothing and "
        "tells how good a model is; what chooses is drawn from train."
    )


def _straddling(order: Sequence[Sample], given: Mapping[str, Part], groups: Groups) -> Iterator[str]:
    """What is said of groups that the source has parted itself."""
    found: dict[int, set[Part]] = {}
    for sample in order:
        found.setdefault(groups.of[sample.id], set()).add(given[sample.id])
    parted = sum(len(parts) > 1 for parts in found.values())
    if parted:
        yield (
            f"Of images that belong together, {parted:,} {'group lies' if parted == 1 else 'groups lie'} in several of "
            "the parts that the source gives: scores may be better than they will be on other images."
        )


def _missing(by_part: Mapping[Part, Sequence[Sample]], classes: Sequence[str], of: Mapping[str, int]) -> Iterator[str]:
    """What is said of classes that a part lacks."""
    groups: dict[str, set[int]] = {label: set() for label in classes}
    for sample in chain.from_iterable(by_part.values()):
        groups[sample.label].add(of[sample.id])
    uses: tuple[tuple[Part, str], ...] = (("validation", "choose"), ("test", "test"))
    for part, use in uses:
        there = {sample.label for sample in by_part[part]}
        lacking = [label for label in classes if label not in there]
        few = [label for label in lacking if part not in wanted_parts(len(groups[label]), PARTS)]
        rest = [label for label in lacking if label not in set(few)]
        if few:
            yield f"No image of {first_named(few)} is among those that {use}: a class needs three that are unlike."
        if rest:
            yield f"No image of {first_named(rest)} is among those that {use}: that part has none."
