"""How people's names for classes and a model's are matched: exactly first, and loosely only where nothing collides.

"cat" and "Cat" are one class, unless a list has both; "A+", "A" and "A-" are three.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

_WORDNET = re.compile(r"^n\d{8}[ _-]+")
# Class numbers that pandas wrote as floats, because one of their column was missing.
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# With a comma, as spreadsheets of many countries write it, three zeros are thousands.
_WHOLE = re.compile(r"([+-]?\d+)(?:\.0+|,00?)")
_BETWEEN_WORDS = re.compile(r"(?<=\w)-(?=\w)|[\s_]+")
_JSON = re.compile(r"\s*(\[\s*)?\{\s*\"")
# Signs that tell classes apart stay: those of A+, A-, C#, <50, 50%.
_PUNCTUATION = re.compile(r"[^\w\s+\-#*%<>=!&@~]+")


def spelled(label: str) -> str:
    """A label without the ways in which one word is written: case, spaces or underscores, 3.0 for 3.

    Example:
        >>> spelled("Hot_Dog "), spelled("A+"), spelled("3.0")
        ('hot dog', 'a+', '3')
    """
    whole = _WHOLE.fullmatch(label.strip())
    text = whole[1] if whole else unicodedata.normalize("NFC", label).casefold()
    return " ".join(_BETWEEN_WORDS.sub(" ", text).split())


def folded(label: str) -> str:
    """A label as it is compared last: as it is spelled, without punctuation and the number of WordNet.

    Example:
        >>> folded("n01440764_St. Bernard"), folded("A-")
        ('st bernard', 'a-')
    """
    return spelled(_PUNCTUATION.sub(" ", spelled(_WORDNET.sub("", label))))


def plain_numbers(names: Iterable[str]) -> dict[str, str]:
    """Class numbers that were written as floats, each as the number that it is; none where one is no whole number.

    Example:
        >>> plain_numbers(["0.0", "1.0", "unknown"]), plain_numbers(["1.0", "1.5"])
        ({'0.0': '0', '1.0': '1'}, {})
    """
    whole: dict[str, str] = {}
    for name in names:
        if matched := _WHOLE.fullmatch(name):
            whole[name] = matched[1]
        elif (number := _NUMBER.fullmatch(name)) and number[1]:
            return {}
    return whole


def refuse_json(label: str) -> None:
    """Refuse a cell that holds what a tool for marking images exports, in the place of a name.

    Raises:
        ValueError: It is an object of JSON, or a list of such.
    Example:
        >>> refuse_json('{"choices": ["cat"]}')
        Traceback (most recent call last):
        ValueError: its label is JSON: export it as COCO, or write the name of the class
    """
    if _JSON.match(label):
        raise ValueError("its label is JSON: export it as COCO, or write the name of the class")


class LabelPlaces:
    """Where people's names for classes stand among a model's.

    A name is that of the label that is letter by letter the same; else of the only one that is spelled so but for case,
    spaces and underscores; else of the only one that is so without punctuation, where no other true name is; else of
    the only one that it is a part of: "tench" of "tench, Tinca tinca".

    Args:
        labels: The model's.
        open: Only its predictions are known, and not all that it could predict. Names that are not among them are
            classes of their own, which it has never predicted; and two spellings are one class, unless people's names
            have both too.
        truth: People's names, as far as they are known beforehand.
    Example:
        >>> places = LabelPlaces(["hot dog"], open=True)
        >>> places.of("Hot_Dog"), places.of("tench"), places.names, LabelPlaces(["hot dog"]).of("tench")
        (0, 1, ['hot dog', 'tench'], None)
        >>> LabelPlaces(["Cat", "cat"], open=True, truth=["cat"]).predicted("Cat")
        'cat'
    """

    def __init__(self, labels: Sequence[str], *, open: bool = False, truth: Iterable[str] = ()) -> None:
        self.names = list(labels)
        self._open, truth = open, frozenset(truth)
        # Of labels that come twice, the first.
        self._exact = {label: index for index, label in reversed(list(enumerate(labels)))}
        self._same = self._one_class(truth) if open else {}
        own = {label: self._same.get(label, index) for label, index in self._exact.items()}
        self._spelled = _unique(own, lambda label: (spelled(label),))
        self._folded = _unique(own, lambda label: (folded(label),))
        self._parts = _unique(own, lambda label: map(folded, label.split(",")))
        # Several true names are not folded into one label.
        forms = Counter(map(folded, {*map(spelled, truth)}))
        self._colliding = {form for form, names in forms.items() if names > 1}

    def of(self, label: str) -> int | None:
        """The place of a name; None where it is none of the model's."""
        place = self._exact.get(label)
        if place is not None:
            return self._same.get(label, place)
        place = self._loosely(label)
        if place is None and self._open:
            place = len(self.names)
            self.names.append(label)
            self._exact[label] = self._spelled[spelled(label)] = place
        return place

    def predicted(self, label: str) -> str:
        """What the model said, in the spelling of its class."""
        place = self._same.get(label)
        return label if place is None else self.names[place]

    def _loosely(self, label: str) -> int | None:
        place = self._spelled.get(spelled(label))
        form = folded(label)
        if place is not None or form in self._colliding:
            return place
        return self._folded.get(form, self._parts.get(form))

    def _one_class(self, truth: frozenset[str]) -> dict[str, int]:
        """Labels that are spelled in several ways where people's names are not, each with the place of its class."""
        mine, true = _by_spelling(dict.fromkeys(self.names)), _by_spelling(truth)
        same: dict[str, int] = {}
        for form, spellings in mine.items():
            if len(spellings) > 1 and len(true.get(form, ())) < 2:
                kept = next((name for name in spellings if name in truth), spellings[0])
                same.update(dict.fromkeys(spellings, self._exact[kept]))
        return same


def _by_spelling(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(spelled(name), []).append(name)
    return found


def _unique(places: Mapping[str, int], forms_of: Callable[[str], Iterable[str]]) -> dict[str, int]:
    """Where each form stands that is of one place only."""
    found: dict[str, set[int]] = {}
    for label, place in places.items():
        for form in forms_of(label):
            if form:
                found.setdefault(form, set()).add(place)
    return {form: next(iter(all_places)) for form, all_places in found.items() if len(all_places) == 1}
