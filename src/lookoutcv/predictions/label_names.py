"""How people's names for classes and a model's are matched."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORDNET = re.compile(r"^n\d{8}[ _-]+")


def matcher(labels: Sequence[str]) -> dict[str, int]:
    """Where each name stands, by the forms that people write it in: "tench, Tinca tinca" is found as "tench" too.

    A form that several labels share is left out.

    Example:
        >>> places = matcher(["tench, Tinca tinca", "hot dog"])
        >>> places[folded("Hot_Dog")], places[folded("n01440764_tench")]
        (1, 0)
    """
    forms: dict[str, set[int]] = {}
    for index, label in enumerate(labels):
        for form in {folded(label), *(folded(part) for part in label.split(","))}:
            forms.setdefault(form, set()).add(index)
    # Of labels that come twice, the first.
    whole = {folded(label): index for index, label in reversed(list(enumerate(labels)))}
    return {form: next(iter(found)) for form, found in forms.items() if len(found) == 1} | whole


class LabelPlaces:
    """Where people's names for classes stand among a model's.

    Args:
        labels: The model's.
        open: Names that are not among them are classes of their own, which the model has never predicted: where
            only its predictions are known, and not all that it could predict.
    Example:
        >>> places = LabelPlaces(["hot dog"], open=True)
        >>> places.of("Hot_Dog"), places.of("tench"), places.names, LabelPlaces(["hot dog"]).of("tench")
        (0, 1, ['hot dog', 'tench'], None)
    """

    def __init__(self, labels: Sequence[str], *, open: bool = False) -> None:
        self.names = list(labels)
        self._forms, self._open = matcher(labels), open

    def of(self, label: str) -> int | None:
        """The place of a name; None where it is none of the model's."""
        form = folded(label)
        if self._open and form not in self._forms:
            self._forms[form] = len(self.names)
            self.names.append(label)
        return self._forms.get(form)


def folded(label: str) -> str:
    """A label as it is compared: lower case, words with one space, without the number of WordNet."""
    return " ".join(re.sub(r"[\W_]+", " ", _WORDNET.sub("", label)).lower().split())
