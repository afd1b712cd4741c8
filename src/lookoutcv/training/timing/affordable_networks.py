"""What a budget has time for: what is kept for the end of a run, and which networks are left out."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.calls.option_names import option
from lookoutcv.plain_text import joined
from lookoutcv.training.data.division import Division
from lookoutcv.training.fitting.backbones.backbone import Backbone
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.request import Request
from lookoutcv.training.timing.ending_time import BusyMachine, EndingTime, ending_time
from lookoutcv.training.timing.time_budget import TimeBudget


def plan_time(  # noqa: PLR0917 - what is known before anything is learnt
    backbones: Sequence[Backbone],
    division: Division,
    image_seconds: float,
    machine: BusyMachine,
    request: Request,
    budget: TimeBudget,
    onlooker: Onlooker,
) -> tuple[EndingTime | None, dict[str, str]]:
    """Keep time for the end, and find the networks for which there is none.

    Args:
        backbones: Before they learn.
        division: The images.
        image_seconds, machine: As of `ending_time`.
        request: What was asked for.
        budget: From now on, learning has less of it.
        onlooker: Is told which networks are left out, and that the budget will be passed.
    Returns:
        What the end takes, None where there is no bound; why a network is left out, by its name.
    """
    if budget.until_end is None:
        return None, {}
    found = ending_time(backbones, len(division.test), image_seconds, machine, request.threads)
    images = len(division.train), len(division.validation)
    once = {one.name: found.once(one.name, *images, head=one.pretrained) for one in backbones}
    kept = found.affordable(once, budget.until_end)
    left_out = {
        name: f"There is no time for it: to pass over the images once takes it about {seconds:.0f} s."
        for name, seconds in once.items()
        if name not in kept
    }
    if left_out:
        onlooker.tell(
            f"{option('budget')} has no time for {joined(list(left_out))} beside {joined(kept)}: not even to pass over "
            "the images once."
        )
    end = found.end(kept)
    if not budget.keep_for_the_end(end):
        onlooker.note(
            f"{option('budget')} will be passed: scoring and packing alone take about {end:.0f} s. A smaller network "
            f"({option('models')}) takes less."
        )
    return found, left_out
