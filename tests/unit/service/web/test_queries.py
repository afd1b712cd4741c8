"""Query parameters are read as they were declared, and nothing that is not known is passed over."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from lookoutcv.service.problems import Problem
from lookoutcv.service.web.queries import Query, query_of

KNOWN = query_of(
    Query("top", "How many.", int, least=1, most=10),
    Query("mask", "Also.", bool),
    Query("share", "Of them.", float, least=0, most=1),
    Query("id", "Whose.", longest=5),
    Query("form", "Which.", choices=("png", "json")),
)


def read(text: str) -> dict[str, object]:
    return KNOWN.read(Request({"type": "http", "query_string": text.encode(), "headers": []}))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        (
            "top=3&mask=TRUE&share=.5&id=a%20b&form=png",
            {"top": 3, "mask": True, "share": 0.5, "id": "a b", "form": "png"},
        ),
        ("mask=0", {"mask": False}),
    ],
)
def test_what_is_given_is_read(text: str, values: dict[str, object]) -> None:
    assert read(text) == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("top=0", "'top' is not a number from 1 to 10"),
        ("top=x", "'top' is not a whole number"),
        ("top=" + "9" * 5000, "'top' is not"),
        ("share=nan", "'share' is not a number from 0 to 1"),
        ("share=inf", "'share' is not a number from 0 to 1"),
        ("mask=yes", "'mask' is not true or false"),
        ("id=", "'id' is not a printable text of 1 to 5 characters"),
        ("id=abcdef", "'id' is not a printable text"),
        ("id=%00", "'id' is not a printable text"),
        ("form=gif", "'form' is not one of png, json"),
        ("tpo=3", "'tpo' is not known. Did you mean 'top'?"),
        ("zzzz=3", "'zzzz' is not known. Known are top, mask, share, id, form."),
        ("top=1&top=1", "'top' is there twice"),
    ],
)
def test_anything_else_is_refused_with_the_right_one(text: str, said: str) -> None:
    with pytest.raises(Problem) as told:
        read(text)
    assert told.value.status == 422
    assert said in told.value.detail


def test_the_description_says_what_is_read() -> None:
    told = {one["name"]: one["schema"] for one in KNOWN.openapi["parameters"]}
    assert told["top"] == {"type": "integer", "minimum": 1, "maximum": 10}
    assert told["form"] == {"type": "string", "maxLength": 200, "enum": ["png", "json"]}
