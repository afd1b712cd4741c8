"""A baseline's own check, in figures and in words: what the rest of the house calls."""

from __future__ import annotations

from dataclasses import replace

from lookoutcv.drift.rules.policy import DEFAULT, Policy
from lookoutcv.drift.self_check.composition import composition_of
from lookoutcv.drift.self_check.figures import self_check
from lookoutcv.drift.wording.self_check_sentences import self_check_sentences
from lookoutcv.profiles.profile import Profile
from lookoutcv.results.self_check import SelfCheck


def check_baseline(
    profile: Profile, *, batch_by: str | None = None, copies: tuple[int, int] = (0, 0), policy: Policy = DEFAULT
) -> SelfCheck:
    """Check a baseline against itself. The same profile gives the same outcome.

    Args:
        profile: Of the baseline; at most 2,000 rows of its sample enter the tests here.
        batch_by: What its batches are, in a person's words: "day"; None without batches.
        copies: Images that are copies of another, and images searched.
        policy: The rules of later comparisons.
    Example:
        >>> check_baseline(Profile()).sentences[0]
        'Too small: 0 images; no window can be tested against fewer than 30. Add images.'
    """
    check = self_check(profile, copies=copies, policy=policy)
    return replace(check, sentences=tuple(self_check_sentences(check, composition_of(profile), batch_by, policy)))
