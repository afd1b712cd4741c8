"""How people's names for classes and a model's are matched."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORDNET = re.compile(r"^n\d{8}[ _-]+")


def matcher(labels: Sequence[str]) -> dict[str, int]:
    """Where each name stands, by the forms that people write it in: "tench, Tinca tinca" is found as "tench" too.

    A form that several labels share is left out.

    Example:
        >>> found = matcher(["tench, Tinca tinca", "hot dog"])
        >>> found[folded("Hot_Dog")], found[folded("n01440764_tench")]
        (1, 0)
    """
    forms: dict[str, set[int]] = {}
    for index, label in enumerate(labels):
        for form in {folded(label), *(folded(part) for part in label.split(","))}:
            forms.setdefault(form, set()).add(index)
    # Of labels that come twice, the first.
    whole = {folded(label): index for index, label in reversed(list(enumerate(labels)))}
    return {form: next(iter(found)) for form, found in forms.items() if len(found) == 1} | whole


def folded(label: str) -> str:
    """A label as it is compared: lower case, words with one space, without the number of WordNet."""
    return " ".join(re.sub(r"[\W_]+", " ", _WORDNET.sub("", label)).lower().split())
