"""A proposed card, and what speaks for it, as text in a terminal, or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lookoutcv.cli.printing.predictions import words
from lookoutcv.cli.printing.tables import plain, print_json, print_skipped, print_table
from lookoutcv.secrets import masked

if TYPE_CHECKING:
    from lookoutcv.inference.input_search import InputSearch, InputTrial
    from lookoutcv.inference.propose_card import CardProposal
    from lookoutcv.models.check_card import CardCheck

_VARIANTS = 4


def print_proposal(proposal: CardProposal, written: Path, as_json: bool) -> None:
    """A card that was written, what the model says under it, and how its variants did."""
    model, check = proposal.model, proposal.check
    if as_json:
        print_json(
            {
                "written": str(written),
                "task": model.task,
                "labels": len(model.labels),
                "notes": proposal.notes,
                "check": None if check is None else _check_json(check),
                "search": None if proposal.search is None else _search_json(proposal.search),
                "shown": {item.id: words(item, model.labels, 3) for item in proposal.shown},
            }
        )
        return
    head = model.card.head_name
    named = "" if model.task == "embedding" else f" {len(model.labels):,} classes,"
    typer.echo(f"{plain(model.name)}: {model.task},{named} {head or 'predictions of its own'}")
    for note in proposal.notes:
        typer.echo(f"  - {plain(note)}")
    for item in proposal.shown:
        typer.echo(f"{plain(item.id)}  {words(item, model.labels, 3)}")
    print_skipped(proposal.skipped, len(proposal.skipped))
    if check is not None:
        _print_check(check)
    if proposal.search is not None:
        _print_search(proposal.search)
    typer.echo(masked(f"Wrote {written}"))


def _print_check(check: CardCheck) -> None:
    typer.echo(f"Right on {check.accuracy:.1%} of {check.images:,} labelled images (guessing: {check.chance:.1%}).")
    if check.by_order is not None:
        typer.echo("The model has no labels of its own: the folders' names, sorted, were taken for them.")
    if check.unmatched:
        typer.echo(f"No label of the model: {plain(', '.join(check.unmatched[:5]))}; such images were left out.")
    better = check.better
    for variant in check.variants[1 : 1 + _VARIANTS]:
        typer.echo(f"  {variant.accuracy:6.1%}  {variant.name}")
    if better is None:
        typer.echo("No other colour order, scaling or label offset does better.")
    elif better.offset:
        typer.echo(f"Check the labels: {better.name} does better. Write label_offset or other labels in the card.")
    else:
        typer.echo(f"Better: {better.name}. The card has it.")


def _check_json(check: CardCheck) -> dict[str, Any]:
    return {
        "images": check.images,
        "accuracy": check.accuracy,
        "chance": check.chance,
        "better": None if check.better is None else check.better.name,
        "variants": [
            {"name": variant.name, "accuracy": variant.accuracy, "p_value": variant.p_value}
            for variant in check.variants
        ],
        "unmatched": check.unmatched,
    }


def _print_search(search: InputSearch) -> None:
    """What was tried, as a table, and what follows."""
    typer.echo(_tried_on(search))
    if search.stopped:
        left = f", and {search.untried} inputs were not tried" if search.untried else ""
        typer.echo(f"It was stopped: this is what was found by then{left}.")
    for name, reason in search.failed:
        typer.echo(f"  {name}: {plain(reason)}")
    if search.best.score <= 0:
        typer.echo(
            f"It finds nothing that counts under any of {search.tried} inputs: its head, its labels or its threshold "
            "(head.score_threshold) may be wrong."
        )
        return
    measure = "mAP" if search.by == "map" else "agreement"
    if search.tried == 1:
        typer.echo(f"{measure} {_figure(search.best)}. It prepares its images itself: no other input can be tried.")
        return
    rows = [_trial_row(trial, search.card) for trial in search.finalists]
    print_table((measure, "images", "better on", "worse on", "input"), rows)
    if search.others:
        best = search.others[0]
        only = f"tried on {best.images} images only" if search.stopped else f"given up after {best.images} images"
        given_up = f"{len(search.others)} others were {only}"
        typer.echo(f"{given_up}, the best of them at {_figure(best)}.")
    _print_verdict(search)


def _print_verdict(search: InputSearch) -> None:
    card, chosen = search.card, search.better or search.best
    if chosen is card:
        typer.echo("No other colour order, scaling or way to bring images to size does better.")
        return
    better, worse = chosen.against(card)
    margin = f"{chosen.name}, {_figure(chosen)} against {_figure(card)}: better on {better} images, worse on {worse}"
    if search.better is None:
        typer.echo(
            f"No verdict. Highest is {margin}. That may be chance, so the card keeps its input; try more images."
        )
        return
    typer.echo(f"Better: {margin}. The card has it.")
    level = [f"{plain(trial.name)} ({_figure(trial)})" for trial in search.level]
    if search.level_given_up:
        level.append(f"{search.level_given_up} of the others")
    if level:
        typer.echo(
            f"These images do not tell it from: {'; '.join(level)}. More images may; if you know how it was trained, "
            "write that into the card."
        )


def _tried_on(search: InputSearch) -> str:
    images = f"{search.card.images:,} {'image' if search.card.images == 1 else 'images'}"
    if search.by == "agreement":
        return (
            f"No object is marked in these {images}. What counts is how much of what is found in a picture is found in "
            "its mirror image, too; marked objects tell more."
        )
    marks = f"Mean average precision (mAP) on {images} with {search.objects:,} marked objects."
    return (
        marks if search.classes else f"{marks} None of their names is the model's, so boxes of any class are compared."
    )


def _trial_row(trial: InputTrial, card: InputTrial) -> tuple[str, ...]:
    better, worse = ("", "") if trial is card else map(str, trial.against(card))
    return _figure(trial), f"{trial.images:,}", better, worse, trial.name


def _figure(trial: InputTrial) -> str:
    return f"{trial.score:.3f}"


def _search_json(search: InputSearch) -> dict[str, Any]:
    return {
        "by": search.by,
        "images": search.card.images,
        "objects": search.objects,
        "classes": search.classes,
        "tried": search.tried,
        "better": None if search.better is None else search.better.name,
        "level": [trial.name for trial in search.level],
        "level_given_up": search.level_given_up,
        "stopped": search.stopped,
        "untried": search.untried,
        "finalists": [_trial_json(trial, search.card) for trial in search.finalists],
        "others": [{"name": trial.name, "score": trial.score, "images": trial.images} for trial in search.others],
        "failed": dict(search.failed),
    }


def _trial_json(trial: InputTrial, card: InputTrial) -> dict[str, Any]:
    better, worse = trial.against(card)
    counts = {"better_on": better, "worse_on": worse, "p_value": trial.p_value(card)}
    return {"name": trial.name, "score": trial.score, "images": trial.images, **({} if trial is card else counts)}
