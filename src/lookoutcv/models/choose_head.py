"""Which head reads a model's outputs: the card's, or one that the outputs fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lookoutcv.errors import WrongCard
from lookoutcv.models.cards.card import Card
from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.cards.label_file import PLACEHOLDERS
from lookoutcv.models.heads.base import Head, HeadProbe, registry
from lookoutcv.models.input.complete_input import shape_text
from lookoutcv.predictions import TASKS
from lookoutcv.predictions.segmentation import BACKGROUND, NO_CLASS, UNCLASSED
from lookoutcv.settings.typed_values import typed

# Names for classes whose number does not follow from the outputs: a byte's worth of a map's, more than detectors have.
# A surplus does no damage: only classes that are predicted are listed. Too few would stop a run at the first new one.
_UNNAMED = {"segmentation": 256, "detection": 1024}


@dataclass(frozen=True)
class ChosenHead:
    """How outputs are read.

    Args:
        head: The head.
        settings: Its settings, complete.
        labels: One a class.
        notes: What was guessed.
    """

    head: Head
    settings: Any
    labels: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def as_card(self) -> dict[str, Any]:
        """The head as a card holds it."""
        return {"name": self.head.name, **asdict(self.settings)}


def choose_head(card: Card, probe: HeadProbe, names: tuple[str, ...] | None, model: str) -> ChosenHead:
    """The head of a card, or the first that fits, with its settings and the labels.

    Args:
        card: What the user says.
        probe: The outputs for one picture of noise.
        names: Labels of the card or the file; None where there are none.
        model: What messages call the model.
    Raises:
        WrongCard: The head cannot read the outputs, none fits, or the labels are not as many as the classes.
        UnknownPlugin: There is no such head.
        ConfigError: A setting that the head does not have, or a wrong value.
    """
    notes: list[str] = []
    if card.head_name is not None:
        head = registry.get(card.head_name)
        if card.task not in (None, head.task):
            raise WrongCard(
                f"{model}: the card's task is {card.task}, and its head {head.name} is for {head.task}",
                "Correct one of them.",
                model=model,
                key="head",
            )
        head_settings = card.head_settings
    else:
        head, head_settings, because = _guessed(card, probe, model)
        notes.append(f"The head {head.name} ({head.task}) is a guess: {because}.")
    settings = typed(head_settings, head.settings, "the card", "head")
    try:
        count = head.classes(probe.outputs, settings)
    except ValueError as reason:
        raise WrongCard(
            f"{model}: the head {head.name} cannot read it: {reason}",
            "Name another head; `lookout plugins` lists them.",
            model=model,
            key="head",
        ) from None
    labels = _labels(head, count, names, card=card, model=model, notes=notes)
    if getattr(settings, "ignore", None) is not None:
        labels = (*labels, NO_CLASS)
    return ChosenHead(head, settings, labels, tuple(notes))


def _guessed(card: Card, probe: HeadProbe, model: str) -> tuple[Head, dict[str, Any], str]:
    task = card.task or probe.facts.our_task
    for head in sorted(registry, key=lambda head: (head.order, head.name)):
        if task in (None, head.task):
            guess = head.guess(probe)
            if guess is not None and guess.question is not None:
                raise WrongCard(f"{model}: {guess.because}", guess.question, model=model, key="head")
            if guess is not None:
                said = f"; its file says that it is for {probe.facts.task}" if probe.facts.task else ""
                return head, guess.settings, guess.because + said
    if card.task is not None:
        only = [head for head in registry if head.task == card.task]
        if len(only) == 1:
            return only[0], {}, f"it is the only one for {card.task}"
    alike = Counter(shape_text(output.shape) for output in probe.outputs)
    shapes = "; ".join(shape if times == 1 else f"{times} of {shape}" for shape, times in alike.items())
    raise WrongCard(
        f"{model}: its outputs ({shapes}) fit no head" + (f" for {card.task}" if card.task in TASKS else ""),
        "Write the head in the card; `lookout plugins` lists them.",
        model=model,
        key="head",
    )


def _labels(
    head: Head, count: int | None, names: tuple[str, ...] | None, *, card: Card, model: str, notes: list[str]
) -> tuple[str, ...]:
    if head.task == "embedding":
        return ()
    if names is None:
        number = count or _UNNAMED.get(head.task, 0)
        note = "It has no labels: classes are called by their number, from 0 on."
        notes.append(note if count else f"{note} How many there are is not known; {number:,} are allowed for.")
        # A bare number says little where areas and objects are listed: "15 covers 11%".
        numbered = tuple(f"class {i}" if head.task in _UNNAMED else str(i) for i in range(number))
        a_map = head.task == "segmentation" and not count
        return (*numbered[:UNCLASSED], NO_CLASS) if a_map else numbered
    if count is None or len(names) == count:
        return names
    if head.name == "mask" and len(names) == 1:
        return (BACKGROUND, *names)
    remedy = "Correct the labels in the card."
    if len(names) == count + 1 and card.label_offset == 0 and _placeholder(names[0]):
        remedy = f"The first label is {names[0]!r}: write `label_offset: 1` in the card."
    elif len(names) == count - 1:
        remedy = "Correct the labels in the card. Where the model has a background first, add a line for it."
    raise WrongCard(f"{model}: {len(names)} labels for {count} classes", remedy, model=model, key="labels")


def _placeholder(name: str) -> bool:
    return name.lower() in PLACEHOLDERS


def probe_of(
    outputs: Sequence[Any],
    infos: Sequence[Any],
    size: tuple[int, int],
    labels: Any,
    facts: FileFacts | None = None,
) -> HeadProbe:
    """What a head is guessed from."""
    count = None if labels is None else len(labels)
    placeholder = bool(labels) and _placeholder(labels[0])
    return HeadProbe(list(outputs), list(infos), size, count, facts or FileFacts(), placeholder)
