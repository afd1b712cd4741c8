"""What a setting is called where a person gives it: `--test-size` on the command line, `test_size` in Python.

A sentence that tells somebody what to give is made deep in the library, which both call. It names the setting by
`option`, and says what the person in front of it can type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_ON_A_COMMAND_LINE: ContextVar[bool] = ContextVar("on_a_command_line", default=False)
# What the command line calls otherwise.
_OTHERWISE = {"output": "-o", "mlflow_uri": "--mlflow", "try_": "--try", "classes": "--class", "photos": "--from"}


@contextmanager
def on_a_command_line() -> Iterator[None]:
    """Whoever reads what is said in the block has typed a command."""
    before = _ON_A_COMMAND_LINE.set(True)
    try:
        yield
    finally:
        _ON_A_COMMAND_LINE.reset(before)


def option(name: str, value: object = None) -> str:
    """A setting as a person gives it, alone or with a value.

    Args:
        name: As Python calls it.
        value: True and False for what is on or off; a text in capitals stands for a value.
    Example:
        >>> option("test_size"), option("weights", "none"), option("weights", "FILE"), option("perturb", False)
        ('test_size', "weights='none'", 'weights=FILE', 'perturb=False')
        >>> with on_a_command_line():
        ...     option("test_size"), option("weights", "none"), option("perturb", False), option("output")
        ('--test-size', '--weights none', '--no-perturb', '-o')
    """
    if not _ON_A_COMMAND_LINE.get():
        stands_for_one = isinstance(value, str) and value.isalpha() and value.isupper()
        return name if value is None else f"{name}={value if stands_for_one else repr(value)}"
    typed = _OTHERWISE.get(name, f"--{name.replace('_', '-')}")
    if value is False:
        return f"--no-{typed.removeprefix('--')}"
    return typed if value is None or value is True else f"{typed} {value}"


def card_settings(settings: Mapping[str, object]) -> str:
    """Settings of a model's card as a person gives them.

    Args:
        settings: By their names with dots: "head.name".
    Example:
        >>> card_settings({"head.name": "ssd", "head.boxes": 0, "labels": "names.txt"})
        "card={'head': {'name': 'ssd', 'boxes': 0}, 'labels': 'names.txt'}"
        >>> with on_a_command_line():
        ...     card_settings({"head.name": "ssd", "head.normalised": False, "input.size": [224, 224]})
        '--set head.name=ssd --set head.normalised=false --set input.size=[224,224]'
    """
    if _ON_A_COMMAND_LINE.get():
        return " ".join(f"--set {name}={_typed(value)}" for name, value in settings.items())
    card: dict[str, Any] = {}
    for name, value in settings.items():
        *above, last = name.split(".")
        place = card
        for part in above:
            place = place.setdefault(part, {})
        place[last] = list(value) if isinstance(value, tuple) else value
    return f"card={card}"


def card_kept() -> str:
    """How such settings are kept, as the end of a sentence.

    Example:
        >>> card_kept()
        'MODEL.card.yaml beside the model keeps it'
        >>> with on_a_command_line():
        ...     card_kept()
        '`lookout card MODEL` with the same keeps it'
    """
    if _ON_A_COMMAND_LINE.get():
        return "`lookout card MODEL` with the same keeps it"
    return "MODEL.card.yaml beside the model keeps it"


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_typed, value))}]"
    return str(value)
