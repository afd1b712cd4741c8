"""`lookout card`: write a model's card, and try it on images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lookoutcv.cli.parameters import PLACE, CardOption, DeviceOption, JsonOption, ModelArgument, SetOption, settled_card


def card(
    model: ModelArgument,
    *,
    try_: Annotated[
        str | None,
        typer.Option("--try", metavar="IMAGES", help="Images to try it on, best labelled: a folder a class."),
        PLACE,
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write it; unless given, MODEL.card.yaml.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a card that is there.")] = False,
    card: CardOption = None,
    set_: SetOption = None,
    device: DeviceOption = "cpu",
    as_json: JsonOption = False,
) -> None:
    """Write down how a model wants its images and what its outputs mean; check it on labelled images."""
    from lookoutcv.cli.printing.predictions import print_proposal
    from lookoutcv.errors import ConfigError
    from lookoutcv.files.atomic import check_writable, write_bytes
    from lookoutcv.inference.propose_card import card as propose
    from lookoutcv.models import card_path, card_text
    from lookoutcv.models.model_file import file_of

    target = output or card_path(file_of(model))
    if target.is_file() and output is None and not force:
        raise ConfigError(f"there is a card already: {target}", "Add --force to replace it.", path=str(target))
    check_writable(target)
    proposal = propose(model, try_, card=settled_card(model, card, set_), device=device)
    text = card_text(proposal.card_beside(target), proposal.notes)
    write_bytes(target, text.encode())
    print_proposal(proposal, target, as_json)
