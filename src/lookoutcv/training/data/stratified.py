"""Groups of samples put into parts so that every class has its share of each, and no group is parted."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lookoutcv.sources.file_names import natural_key
from lookoutcv.training.data.division import PARTS, Part


@dataclass(frozen=True)
class Group:
    """Samples that must not be parted.

    Args:
        key: A name that is its own and does not depend on the order of anything.
        labels: How many samples of each class.
    """

    key: str
    labels: Mapping[str, int]

    @property
    def size(self) -> int:
        """How many samples."""
        return sum(self.labels.values())


def stratified(groups: Sequence[Group], shares: Mapping[Part, float], seed: int) -> dict[str, Part]:
    """The part of each group, by its key.

    The class of the fewest groups first, each group goes where most of its class is still wanted, the largest groups
    first, others in an order drawn from the seed. A class of three groups or more has one in every part, where its
    groups do not hold other classes that need them; one of two has none in `validation`, one of one is learnt from.

    Args:
        groups: In any order: the result does not depend on it.
        shares: Of each part, above 0 and 1 together.
        seed: Of the draw.
    Example:
        >>> parts = stratified([Group(str(i), {"cat": 1}) for i in range(10)], {"train": 0.7, "test": 0.3}, 0)
        >>> Counter(parts.values())
        Counter({'train': 7, 'test': 3})

    Source: iterative stratification, Sechidis, Tsoumakas & Vlahavas, "On the stratification of multi-label data",
        ECML PKDD 2011, with groups in the place of examples.
    """
    order = sorted(groups, key=lambda group: (-group.size, _drawn(seed, group.key)))
    placing = _Placing(order, [part for part in PARTS if part in shares], shares)
    for label in sorted(placing.of_class, key=lambda label: (len(placing.of_class[label]), natural_key(label))):
        for group in placing.of_class[label]:
            if group.key not in placing.part:
                placing.put(group, placing.wanting(label))
    placing.mend()
    return placing.part


def wanted_parts(groups: int, parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts that a class can be in.

    Args:
        groups: How many groups it has.
        parts: All that there are, to learn from first.
    Example:
        >>> wanted_parts(2, PARTS), wanted_parts(1, PARTS)
        (('train', 'test'), ('train',))
    """
    if groups >= len(parts):
        return tuple(parts)
    return ("train", parts[-1]) if groups == 2 else ("train",)


def _drawn(seed: int, key: str) -> bytes:
    return hashlib.blake2b(f"{seed}\0{key}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


@dataclass
class _Placing:
    """Which groups lie where, and how much of each class is still wanted in each part."""

    order: Sequence[Group]
    parts: Sequence[Part]
    shares: Mapping[Part, float]
    part: dict[str, Part] = field(default_factory=dict)
    of_class: dict[str, list[Group]] = field(default_factory=dict)
    wanted: dict[str, dict[Part, float]] = field(default_factory=dict)
    have: dict[str, Counter[Part]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for group in self.order:
            for label in group.labels:
                self.of_class.setdefault(label, []).append(group)
        for label, groups in self.of_class.items():
            size = sum(group.labels[label] for group in groups)
            self.have[label] = Counter()
            places = wanted_parts(len(groups), self.parts)
            whole = sum(self.shares[part] for part in places)
            self.wanted[label] = {
                part: size * self.shares[part] / whole if part in places else 0.0 for part in self.parts
            }
        # Where groups hold one class each, the parts lack what their classes lack.
        self._lacking = {part: sum(wanted[part] for wanted in self.wanted.values()) for part in self.parts}

    def wanting(self, label: str) -> Part:
        """Where most of a class is still wanted; of equal ones, where most of all is."""
        wanted = self.wanted[label]
        places = wanted_parts(len(self.of_class[label]), self.parts)
        return max(places, key=lambda part: (wanted[part], self._lacking[part]))

    def put(self, group: Group, part: Part) -> None:
        """Place a group, or move it."""
        before = self.part.get(group.key)
        self.part[group.key] = part
        for label, count in group.labels.items():
            self.have[label][part] += 1
            self.wanted[label][part] -= count
            self._lacking[part] -= count
            if before is not None:
                self.have[label][before] -= 1
                self.wanted[label][before] += count
                self._lacking[before] += count

    def mend(self) -> None:
        """Move groups into parts that lack a class, from where it can be spared; all as far as it goes."""
        for label in sorted(self.of_class, key=natural_key):
            groups = self.of_class[label]
            for part in wanted_parts(len(groups), self.parts):
                if not self.have[label][part]:
                    spare = [group for group in groups if self._can_spare(group)]
                    # From where there is most too much of it, and as little as possible.
                    found = min(
                        spare,
                        key=lambda group: (self.wanted[label][self.part[group.key]], group.size),
                        default=None,
                    )
                    if found is not None:
                        self.put(found, part)

    def _can_spare(self, group: Group) -> bool:
        """Whether every class of a group has another one in its part."""
        return all(self.have[label][self.part[group.key]] > 1 for label in group.labels)
