"""What a card and a model's file say of its input and its classes, brought together."""

from __future__ import annotations

from dataclasses import replace

from lookoutcv.errors import WrongCard
from lookoutcv.models.cards.card import Card, Input
from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.formats.base import Runtime, TensorInfo


def sized(card_input: Input, info: TensorInfo | None, facts: FileFacts) -> Input:
    """The input, with the size that the exporter wrote where the tensor itself leaves both sides free.

    Args:
        card_input: As the card has it.
        info: The tensor; None where the file does not say.
        facts: What the exporter wrote.
    """
    free = info is None or (len(info.shape) == 4 and info.shape[1:].count(None) == 2)
    return replace(card_input, size=facts.size) if free and card_input.size is None else card_input


def class_names(card: Card, runtime: Runtime, model: str) -> tuple[str, ...] | None:
    """The labels of the card, else of the file; None where neither has any.

    Args:
        card: As the user has it.
        runtime: The opened file.
        model: What messages call it.
    Raises:
        WrongCard: The two have other names, or the same in another order.
    """
    names = card.names
    given: tuple[str, ...] | None = getattr(runtime, "class_names", None)
    if names is not None and given is not None and names != given:
        raise WrongCard(
            f"{model} gives its scores by the names of their classes ({', '.join(given[:5])}"
            f"{' ...' if len(given) > 5 else ''}), and the card has other labels, or the same in another order",
            "Leave the labels out of the card.",
            model=model,
            key="labels",
        )
    return runtime.labels[card.label_offset :] if names is None and runtime.labels is not None else names


def only_input(runtime: Runtime, name: str) -> TensorInfo | None:
    """The input of a model; None where its file does not say.

    Args:
        runtime: The opened file.
        name: What messages call it.
    Raises:
        WrongCard: There are several.
    """
    if len(runtime.inputs) > 1:
        names = ", ".join(tensor.name for tensor in runtime.inputs)
        raise WrongCard(
            f"{name} has {len(runtime.inputs)} inputs ({names})",
            "Export it with one, the image, or wrap it in a function of your own: file.py:function.",
            model=name,
            key="input",
        )
    return runtime.inputs[0] if runtime.inputs else None
