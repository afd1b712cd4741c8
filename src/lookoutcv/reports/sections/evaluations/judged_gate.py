"""How good a gate is: what it refuses, what it lets through, and of which kind."""

from __future__ import annotations

from collections.abc import Iterator

from lookoutcv.reports.parts.content_blocks import (
    Gallery,
    Items,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Picture,
    Pictures,
)
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Block, Section, Verdict
from lookoutcv.reports.parts.drawings import Curve, Curves
from lookoutcv.reports.parts.numbers import number, percent
from lookoutcv.reports.parts.tables import Cell, Column, Names, Number, Table
from lookoutcv.reports.sections.left_out_images import skipped_table
from lookoutcv.results.gate_evaluation import GateEvaluation, GateShare, WrongVerdict

_SHARES = {
    "kind": "How it was blurred",
    "kind and strength": "How it was blurred, and by how many pixels",
    "nuisance": "What else was done to the image",
    "scene": "Sharp images, by the kind of scene",
}


def gate_verdict(evaluation: GateEvaluation) -> Verdict:
    """How often it is right, and what that means for good images."""
    sharp, blurred = evaluation.of_all(sharp=True), evaluation.of_all(sharp=False)
    said = [_said(share, interval=True) for share in (sharp, blurred) if share is not None]
    if sharp is not None and evaluation.chose_cut:
        said[0] = f"{_said(sharp, interval=False)} They chose its cut. {evaluation.cut_words}"
    if evaluation.seen:
        said.append("These are the images that it was fitted on: others will be told a little less well.")
    headline = _headline(evaluation, sharp)
    return Verdict(None, headline, " ".join(said))


def gate_figures(evaluation: GateEvaluation) -> KeyFigures:
    """The figures a reader looks for first."""
    return KeyFigures(tuple(_figures(evaluation)))


def answers_section(evaluation: GateEvaluation) -> Section:
    """What sharp and blurred images are called."""
    rows: list[tuple[Cell, ...]] = []
    for share in (evaluation.of_all(sharp=True), evaluation.of_all(sharp=False)):
        if share is not None:
            wrong = share.told - share.right
            as_sharp, as_blurred = (share.right, wrong) if share.sharp else (wrong, share.right)
            name = "sharp" if share.sharp else "blurred"
            rows.append((name, *map(_count, (as_sharp, as_blurred, share.untold))))
    columns = (
        Column("They are"),
        Column("Called sharp", numeric=True),
        Column("Blurred", numeric=True),
        Column("Cannot tell", numeric=True),
    )
    return Section("What it says", (Table("What sharp and blurred images are called", columns, tuple(rows)),))


def shares_sections(evaluation: GateEvaluation) -> Iterator[Section]:
    """What is told rightly, by what is known of the images; nothing where nothing is known."""
    blocks: list[Block] = []
    for by, caption in _SHARES.items():
        shares = [one for one in evaluation.shares if one.by == by]
        if shares:
            blocks.append(_table(caption, shares, both=by == "nuisance"))
    if blocks:
        yield Section("Where it is right", tuple(blocks))


def curves_sections(evaluation: GateEvaluation) -> Iterator[Section]:
    """What other cuts would give; nothing without images of both kinds."""
    if not evaluation.roc:
        return
    sharp = evaluation.of_all(sharp=True)
    refused = None if sharp is None or sharp.share is None else 1 - sharp.share
    roc = Curve(
        "Blurred images found",
        "%",
        "sharp images refused",
        (),
        tuple((point.x, point.y) for point in evaluation.roc),
        refused,
        range=(0.0, 1.0),
    )
    precision = Curve(
        "Of what it calls blurred, what is",
        "%",
        "blurred images found",
        (),
        tuple((point.x, point.y) for point in evaluation.precision_recall),
        None,
        range=(0.0, 1.0),
    )
    words = "Each point is another cut: a stricter one finds more blurred images, and refuses more sharp ones."
    names = ("", "any cut")
    yield Section("Other cuts", (Paragraph(words), Curves((roc, precision), names, "the cut of this gate")))


def wrong_sections(evaluation: GateEvaluation) -> Iterator[Section]:
    """What it was surest of and wrong about; nothing where nothing is."""
    if not evaluation.wrong:
        return
    words = Paragraph("The wrong labels that it was surest of. Some of them may be labelled wrongly themselves.")
    pictures = tuple(Picture(one.id, one.thumbnail, _wrong(one)) for one in evaluation.wrong)
    if any(one.thumbnail for one in evaluation.wrong):
        yield Section("Surest mistakes", (words, Gallery((Pictures("The surest first", pictures),))))
        return
    rows: tuple[tuple[Cell, ...], ...] = tuple((Names((one.id,)), _wrong(one)) for one in evaluation.wrong)
    table = Table("By name, since there are no pictures", (Column("Image"), Column("What it says")), rows)
    yield Section("Surest mistakes", (words, table))


def refused_sections(evaluation: GateEvaluation) -> Iterator[Section]:
    """Sharp images that other judges find unfit; nothing where there are none."""
    if not evaluation.refused:
        return
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.judge, _count(one.images), one.reason) for one in evaluation.refused
    )
    columns = (Column("Judge"), Column("Sharp images", numeric=True), Column("The first reason"))
    yield Section("Unfit for other reasons", (Table("Sharp images that other judges refuse", columns, rows),))


def gate_left_out(evaluation: GateEvaluation) -> Iterator[Section]:
    """Images that were not judged, and the notes; nothing where there is nothing to say."""
    said = list(evaluation.notes)
    if evaluation.unlabelled:
        said.insert(0, f"{counted(evaluation.unlabelled, 'image')} without a label left out.")
    blocks: list[Block] = [Items(tuple(said))] if said else []
    if evaluation.skipped:
        blocks.append(skipped_table("Images that could not be read", evaluation.skipped, evaluation.skipped_count))
    if blocks:
        yield Section("Left out, and notes", tuple(blocks))


def _headline(evaluation: GateEvaluation, sharp: GateShare | None) -> str:
    if evaluation.accuracy is not None and evaluation.sharp and evaluation.blurred:
        total = evaluation.sharp + evaluation.blurred
        return f"Right on {percent(evaluation.accuracy)} of {counted(total, 'image')}"
    if sharp is not None and sharp.share is not None:
        return f"Refuses {percent(1 - sharp.share)} of {counted(sharp.told, 'sharp image')}"
    return "Nothing could be told"


def _said(share: GateShare, *, interval: bool) -> str:
    what = "sharp" if share.sharp else "blurred"
    if share.share is None:
        return f"Of {counted(share.images, f'{what} image')} none can be told."
    done = "refuses" if share.sharp else "lets through"
    ends = ""
    if interval and share.low is not None and share.high is not None:
        ends = f" (95% interval {percent(1 - share.high).removesuffix('%')} to {percent(1 - share.low)})"
    return f"It {done} {percent(1 - share.share)} of the {what} images{ends}."


def _figures(evaluation: GateEvaluation) -> Iterator[KeyFigure]:
    if evaluation.accuracy is not None and evaluation.sharp and evaluation.blurred:
        words = "Share of right labels, of the images that have one."
        yield KeyFigure("Accuracy", percent(evaluation.accuracy), words)
    if evaluation.auc is not None and evaluation.auc_low is not None and evaluation.auc_high is not None:
        ends = f"{number(evaluation.auc_low)} to {number(evaluation.auc_high)}"
        words = (
            f"The chance that a sharp image scores higher than a blurred one, whatever the cut. 95% interval {ends}."
        )
        yield KeyFigure("Area under the ROC", number(evaluation.auc), words)
    yield KeyFigure("Answered", percent(evaluation.answered), "Images that are called sharp or blurred.")
    told = "" if evaluation.chose_cut else f" {evaluation.cut_words}"
    yield KeyFigure("Cut", number(evaluation.cut), f"The score at which sharp begins.{told}")


def _table(caption: str, shares: list[GateShare], *, both: bool) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _name(one, both=both),
            Number(f"{one.told:,} of {one.images:,}" if one.untold else f"{one.images:,}"),
            Number(percent(one.share)),
            Number(_interval(one)),
        )
        for one in shares
    )
    columns = (
        Column("Images"),
        Column("Told", numeric=True),
        Column("Right", numeric=True),
        Column("95% interval", numeric=True),
    )
    return Table(caption, columns, rows)


def _name(share: GateShare, *, both: bool) -> str:
    name = share.name.replace("_", " ") if share.by == "nuisance" else share.name
    return f"{name}, {'sharp' if share.sharp else 'blurred'}" if both else name


def _interval(share: GateShare) -> str:
    if share.low is None or share.high is None:
        return "–"
    return f"{percent(share.low).removesuffix('%')} to {percent(share.high)}"


def _count(count: int) -> Number:
    return Number(f"{count:,}")


def _wrong(one: WrongVerdict) -> str:
    what, said = ("sharp", "blurred") if one.sharp else ("blurred", "sharp")
    about = f" ({one.about})" if one.about else ""
    return f"{what}{about}, called {said} ({percent(one.confidence)} sure)"
