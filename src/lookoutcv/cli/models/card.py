"""`lookout card`: write a model's card, and try it on images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.inference.inference_settings import CardSettings


@verb("card")
def card(settings: CardSettings) -> None:
    """Propose, write and print; what it can be told is declared in `inference.inference_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.card_proposal import print_proposal
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.errors import ConfigError
    from lookoutcv.files.endings import check_ending
    from lookoutcv.files.outputs import check_output, marked, write_output
    from lookoutcv.models import card_json, card_path, card_text, package_at
    from lookoutcv.models.model_file import file_of

    if settings.output is None and package_at(settings.model) is not None:
        raise ConfigError(
            f"the package has its card already: {settings.model}",
            "Write another one with -o net.card.yaml, and give it to other verbs with --card.",
            path=settings.model,
        )
    target = settings.output or card_path(file_of(settings.model))
    if target.is_file() and settings.output is None and not settings.force:
        raise ConfigError(f"there is a card already: {target}", "Add --force to replace it.", path=str(target))
    ending = check_ending(target, "a card", [".yaml", ".yml", ".json"])
    # The first line of ours, or the key that only a card of ours begins with in JSON.
    kind = marked("a card", r'\A# The card of a model: |\A\{\n  "(?:task|labels|label_offset|engine|input)": ')
    check_output(target, kind, force=settings.force)
    with progress_bar(f"Trying {settings.model}") as progress:
        proposal = lo.card(
            settings.model,
            settings.try_,
            card=settings.card,
            device=settings.device,
            trust=settings.trust,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            progress=progress,
        )
    written = proposal.card_beside(target)
    text = card_json(written) if ending == ".json" else card_text(written, proposal.notes)
    write_output(target, text.encode(), kind, force=settings.force)
    print_proposal(proposal, target, settings.as_json)
