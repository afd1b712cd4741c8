"""The parameters that several verbs share, each said once. Their names are those of the API."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from lookoutcv.settings.declaration import OFF

Group = Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Place:
    """Marks a text parameter that names a place: in a settings file it is taken relative to that file.

    Args:
        words: Texts that are names of their own and no paths: "default".
    """

    words: tuple[str, ...] = ()


PLACE = Place()


class FailOn(StrEnum):
    """The severities a pipeline can stop at."""

    low = "low"
    medium = "medium"
    high = "high"


SourceArgument = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A folder, archive, table, data set, image, URL or record file."), PLACE
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
ModelArgument = Annotated[
    str,
    typer.Argument(metavar="MODEL", help="An ONNX, TFLite or TorchScript file, or a function: file.py:function."),
    PLACE,
]
CardOption = Annotated[
    Path | None, typer.Option(help="The model's card (YAML or JSON); unless given, MODEL.card.yaml beside it."), PLACE
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting of the card, as input.colour=BGR; may be repeated."),
]
AnnotationsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The COCO file whose numbers of images and categories --predictions has."),
    PLACE,
]
ModelNameOption = Annotated[str | None, typer.Option(help="What the model of --predictions is called.")]
DeviceOption = Annotated[str, typer.Option(help="cpu, cuda or cuda:1.")]

MEASURING: Group = {
    "metrics": (
        Annotated[str | None, typer.Option(help="Metrics or families, with commas between; 'default' or 'all'.")],
        None,
    ),
    "sample": (Annotated[int | None, typer.Option(help="Measure only so many images, drawn at random.", min=1)], None),
    "seed": (Annotated[int, typer.Option(help="Seed of that draw.")], 0),
    "strict": (Annotated[bool, typer.Option("--strict", help="Stop at the first image that cannot be read.")], False),
    "workers": (
        Annotated[int | None, typer.Option(help="Processes to measure with; unless given, one a core.", min=1)],
        None,
    ),
    "max_pixels": (Annotated[int | None, typer.Option(help="Skip images with more pixels.", min=1)], None),
    "max_bytes": (Annotated[int | None, typer.Option(help="Skip files with more bytes.", min=1)], None),
    "cache": (
        Annotated[
            Path | None,
            typer.Option(
                metavar="DIR|off", help="Where images measured before are looked up; `lookout doctor` says where."
            ),
        ],
        None,
    ),
    "no_cache": (Annotated[bool, typer.Option("--no-cache", help="Measure every image anew.")], False),
    "model": (
        Annotated[
            str | None,
            typer.Option(metavar="MODEL", help="Ask this model about every image too: a file, or file.py:function."),
            PLACE,
        ],
        None,
    ),
    "card": (CardOption, None),
    "set_": (SetOption, None),
    "device": (Annotated[str | None, typer.Option(help="What the model runs on: cpu, cuda or cuda:1.")], None),
    "predictions": (
        Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                help="Predictions made elsewhere instead of a model: .csv, .jsonl, .parquet, .json, COCO results.",
            ),
            PLACE,
        ],
        None,
    ),
    "annotations": (AnnotationsOption, None),
    "model_name": (ModelNameOption, None),
    "no_inference": (
        Annotated[bool, typer.Option("--no-inference", help="Ask no model, whatever --model says: images only.")],
        False,
    ),
}
PICTURING: Group = {
    **MEASURING,
    "thumbnails": (
        Annotated[bool, typer.Option("--thumbnails/--no-thumbnails", help="Keep small pictures of some images.")],
        True,
    ),
    "redact": (
        Annotated[
            list[str] | None,
            typer.Option(
                metavar="WHAT",
                help="Cover on those pictures: faces, a box x1,y1,x2,y2, class:NAME of --model, or a detector's file.",
            ),
        ],
        None,
    ),
}
REPORTING: Group = {
    "output": (
        Annotated[
            list[Path] | None,
            typer.Option(
                "--output",
                "-o",
                help="Write the report; the suffix (.html, .pdf, .json, .md, .xml, .txt) names the format; "
                "may be repeated.",
            ),
        ],
        None,
    ),
    "html": (Annotated[Path | None, typer.Option(help="Write the report as one HTML page too.")], None),
    "fail_on": (
        Annotated[FailOn | None, typer.Option(help="Exit with 3 at drift of this severity or worse.")],
        None,
    ),
    "interactive": (
        Annotated[bool, typer.Option("--interactive", help="Charts one can point at; adds about 1 MB to the page.")],
        False,
    ),
    "template": (
        Annotated[
            Path | None,
            typer.Option(metavar="DIR|FILE", help="Jinja templates for the HTML page in place of ours."),
        ],
        None,
    ),
    "logo": (Annotated[Path | None, typer.Option(help="A picture for the top of the HTML page.")], None),
    "as_json": (JsonOption, False),
}
BATCH_BY: Group = {
    "batch_by": (
        Annotated[
            str | None,
            typer.Option(
                metavar="FIELD|folder|day|N",
                help="What ordinary variation moves together: day, folder, camera, label, a tag, or N images in a row.",
            ),
        ],
        None,
    ),
}
GROUP_BY: Group = {
    "group_by": (
        Annotated[
            str | None,
            typer.Option(
                metavar="FIELD|folder|day", help="Compare each group with its own too: camera, folder, day, a tag ..."
            ),
        ],
        None,
    ),
}
PolicyOption = Annotated[
    str, typer.Option(help="default, fixed, or a policy file (YAML)."), Place(words=("default", "fixed"))
]

# What belongs to a model, in whichever verb.
INFERENCE = ("model", "card", "set_", "device", "predictions", "annotations", "model_name", "no_inference")


def settled_card(model: str, card: Path | None, flags: list[str] | None) -> Any:
    """A model's card with the settings that were given one by one."""
    from lookoutcv.models.cards.card_flags import with_flags
    from lookoutcv.models.model_file import file_of

    return with_flags(card, flags or [], file_of(model))


def takes(**groups: Group) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a verb shared parameters: of each group it receives those that have a value, as one dictionary.

    Args:
        groups: The verb's own name for the dictionary, and the parameters' names with annotation and default.
    """

    def decorate(verb: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(verb, eval_str=True, locals=dict.fromkeys(("Options", "Any"), Any))
        own = [p for p in signature.parameters.values() if p.name not in groups]
        shared = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for group in groups.values()
            for name, (annotation, default) in group.items()
        ]
        parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + shared

        @functools.wraps(verb)
        def parsed(**arguments: Any) -> None:
            for group, members in groups.items():
                given = {name: arguments.pop(name) for name in members}
                if given.pop("no_cache", False) or str(given.get("cache", "")).lower() == OFF:
                    given["cache"] = False
                if given.pop("no_inference", False):
                    given = {name: value for name, value in given.items() if name not in INFERENCE}
                flags = given.pop("set_", None)
                if flags and given["model"]:
                    given["card"] = settled_card(given["model"], given["card"], flags)
                arguments[group] = {name: value for name, value in given.items() if value is not None}
            verb(**arguments)

        parsed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        parsed.__annotations__ = {p.name: p.annotation for p in parameters}
        parsed.shared = frozenset(p.name for p in shared)  # type: ignore[attr-defined]
        del parsed.__wrapped__
        return parsed

    return decorate
