import json

import pytest

from lookoutcv.drift.rules.policy import DEFAULT, FIXED, Policy, named
from lookoutcv.errors import ConfigError


def test_the_named_ones() -> None:
    assert named("default") is DEFAULT
    assert named("fixed") is FIXED
    assert FIXED.rule == "fixed"
    assert json.loads(json.dumps(DEFAULT.to_dict()))["min_effect"] == 0.10


def test_a_misspelt_name_gets_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'default'"):
        named("defalut")
    with pytest.raises(ConfigError, match="There are 'default' and 'fixed'"):
        named("zzz")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rule", "psi"),
        ("alpha", 0.0),
        ("alpha", 1.0),
        ("min_effect", -0.1),
        ("high_effect", float("nan")),
        ("medium_effect", 0.9),
        ("minimum_window", 1),
        ("class_distance", 1.5),
    ],
)
def test_a_value_out_of_range_names_its_key(key: str, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        Policy(**{key: value})  # type: ignore[arg-type]
    assert caught.value.fields["key"] == key
