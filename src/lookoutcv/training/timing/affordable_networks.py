"""What a budget has time for: what is kept for the end of a run, and which networks are left out."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.calls.option_names import option
from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.plain_text import joined
from lookoutcv.training.data.division import Division
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.timing.ending_time import EndingTime
from lookoutcv.training.timing.time_budget import TimeBudget


def leave_out_slow(
    backbones: Sequence[Backbone], division: Division, found: EndingTime, budget: TimeBudget, onlooker: Onlooker
) -> dict[str, str]:
    """Keep time for the end, and find the networks for which there is none.

    Args:
        backbones: Before they learn.
        division: The images.
        found: What the end takes.
        budget: With a bound; from now on, learning has less of it.
        onlooker: Is told which networks are left out, and that the budget will be passed.
    Returns:
        Why a network is left out, by its name.
    """
    assert budget.until_end is not None
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
    return left_out
