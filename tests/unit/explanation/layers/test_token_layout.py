"""How activations lie is read from shapes and facts, or refused; never guessed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import ExplanationError
from lookoutcv.explanation.layers.token_layout import Layout, LayoutFacts, find_layout, typed_layout


def facts(images: int = 2, size: tuple[int, int] = (224, 224), **others: Any) -> LayoutFacts:
    return LayoutFacts(images, size, **others)


@pytest.mark.parametrize(
    ("shape", "known", "channels", "layout"),
    [
        ((2, 512, 7, 7), facts(), "", Layout("NCHW")),
        ((2, 7, 7, 768), facts(last_2d=True), "", Layout("NHWC")),
        ((2, 7, 7, 768), facts(last_2d=True), "last", Layout("NHWC")),
        ((2, 64, 64, 64), facts(size=(256, 256)), "", Layout("NCHW")),
        ((2, 96, 96, 96), facts(size=(384, 384), last_2d=True), "first", Layout("NCHW")),
        ((2, 16, 5, 7), facts(size=(160, 224)), "", Layout("NCHW")),
        ((2, 5, 7, 16), facts(size=(160, 224)), "", Layout("NHWC")),
        ((2, 8, 3, 26), facts(size=(16, 32)), "", Layout("NCHW")),
        ((2, 196, 768), facts(prefix=0), "", Layout("NTC", 0, (14, 14))),
        ((2, 197, 768), facts(prefix=1), "", Layout("NTC", 1, (14, 14))),
        ((2, 198, 192), facts(prefix=2), "last", Layout("NTC", 2, (14, 14))),
        ((2, 261, 384), facts(prefix=5), "", Layout("NTC", 5, (16, 16))),
        ((2, 16, 384), facts(), "", Layout("NTC", 0, (4, 4))),
        ((1, 16, 384), facts(images=1), "", Layout("NTC", 0, (4, 4))),
        ((197, 2, 768), facts(prefix=1), "", Layout("TNC", 1, (14, 14))),
        ((197, 1, 768), facts(images=1, prefix=1), "", Layout("TNC", 1, (14, 14))),
        ((2, 25, 48), facts(size=(64, 96), prefix=1), "", Layout("NTC", 1, (4, 6))),
        ((2, 24, 48), facts(size=(64, 96), prefix=1), "", Layout("NTC", 0, (4, 6))),
        # A mixer turns its tokens: the grid of its first convolution tells which axis they are on.
        ((2, 1024, 196), facts(grids=((14, 14),), tokens=frozenset({196})), "last", Layout("NCT", 0, (14, 14))),
        ((2, 196, 1024), facts(grids=((14, 14),), tokens=frozenset({196})), "last", Layout("NTC", 0, (14, 14))),
        ((2, 196, 196), facts(grids=((14, 14),), tokens=frozenset({196})), "last", Layout("NTC", 0, (14, 14))),
        ((2, 192, 196), facts(), "", Layout("NCT", 0, (14, 14))),
    ],
)
def test_known_layouts(shape: tuple[int, ...], known: LayoutFacts, channels: str, layout: Layout) -> None:
    assert find_layout(shape, known, channels) == layout


@pytest.mark.parametrize(
    ("shape", "known", "channels", "words"),
    [
        ((2, 512), facts(), "", "one row of numbers"),
        ((32, 49, 96), facts(), "", "not that of 2 images"),
        ((2, 3, 4, 7, 7), facts(), "", "not that of 2 images"),
        ((2, 197, 768), facts(), "", "197 tokens are no grid .* without 1 of them it would be one"),
        ((2, 199, 768), facts(prefix=1), "", "199 tokens are no grid"),
        ((2, 196, 196), facts(), "", "on the second or on the third axis"),
        ((2, 96, 96, 96), facts(size=(384, 384), last_2d=True), "", "channels first, nor last"),
        ((2, 3, 197, 64), facts(tokens=frozenset({197})), "", "channels first, nor last"),
        # The head's normalisation of queries works on the last axis, and the first two are no places.
        ((2, 3, 197, 64), facts(last_2d=True), "last", "channels first, nor last"),
        # Hidden numbers of the one token of a pooling attention would make a grid of 6 x 8.
        ((2, 1, 48), facts(size=(64, 96), prefix=0, tokens=frozenset({24})), "", "1 tokens are no grid"),
        ((2, 1, 48), facts(size=(60, 80), tokens=frozenset({24})), "", "1 tokens are no grid"),
        # As many channels as places, and a token of which nothing is said.
        ((2, 25, 24), facts(size=(32, 48), grids=((4, 6),), tokens=frozenset({25})), "", "25 tokens are no grid"),
    ],
)
def test_what_cannot_be_known_is_refused(shape: tuple[int, ...], known: LayoutFacts, channels: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        find_layout(shape, known, channels)


@pytest.mark.parametrize("axes", ["NCHW", "NHWC", "NTC", "NCT", "TNC"])
def test_every_layout_gives_the_same_grid(axes: str, rng: np.random.Generator) -> None:
    placed = rng.random((2, 5, 3, 4))  # N, C, h, w
    prefix = 0 if "H" in axes else 2
    tokens = np.concatenate([np.full((2, 5, prefix), -1), placed.reshape(2, 5, 12)], 2)  # N, C, T
    given = {
        "NCHW": placed,
        "NHWC": placed.transpose(0, 2, 3, 1),
        "NCT": tokens,
        "NTC": tokens.transpose(0, 2, 1),
        "TNC": tokens.transpose(2, 0, 1),
    }[axes]
    grid = None if "H" in axes else (3, 4)
    np.testing.assert_array_equal(Layout(axes, prefix, grid).on_grid(given), placed)


@pytest.mark.parametrize(
    ("text", "shape", "layout"),
    [
        ("NCHW", (2, 96, 96, 96), Layout("NCHW")),
        ("NHWC", (2, 96, 96, 96), Layout("NHWC")),
        ("tokens", (2, 196, 8), Layout("NTC", 0, (14, 14))),
        ("tokens:1", (2, 197, 8), Layout("NTC", 1, (14, 14))),
        ("tokens:1", (197, 2, 8), Layout("TNC", 1, (14, 14))),
        ("tokens:3:10x2", (2, 23, 8), Layout("NTC", 3, (10, 2))),
    ],
)
def test_what_a_person_types_is_taken(text: str, shape: tuple[int, ...], layout: Layout) -> None:
    assert typed_layout(text, shape, facts()) == layout


@pytest.mark.parametrize(
    ("text", "shape", "words"),
    [
        ("nchw", (2, 8, 7, 7), "'nchw' is no layout. Give layout=NCHW, layout=NHWC or layout='tokens:1'"),
        ("tokens:one", (2, 197, 8), "is no layout"),
        ("NHWC", (2, 197, 8), "have no four axes"),
        ("tokens:1", (2, 8, 7, 7), "are no rows of tokens"),
        ("tokens:2", (2, 197, 8), "197 tokens without 2 are no grid"),
        ("tokens:1:14x13", (2, 197, 8), "197 tokens without 1 are no grid"),
    ],
)
def test_what_does_not_fit_is_said(text: str, shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(ExplanationError, match=words.replace("(", r"\(")):
        typed_layout(text, shape, facts())
