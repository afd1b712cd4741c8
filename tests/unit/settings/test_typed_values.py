"""Settings files: typed, and helpful where they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from lookoutcv.drift.rules.policy import Policy
from lookoutcv.errors import ConfigError
from lookoutcv.monitoring.policies import policy_of
from lookoutcv.settings.typed_values import load_settings


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "policy.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_keys_become_fields(tmp_path: Path) -> None:
    policy = load_settings(written(tmp_path, "alpha: 0.05\nrule: fixed\n"), Policy)
    assert policy == Policy(alpha=0.05, rule="fixed")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("alhpa: 0.05", "no key 'alhpa'. Did you mean 'alpha'?"),
        ("alpha: much", "alpha is wrong"),
        ("alpha: 7", "alpha is 7"),
        ("- alpha", "holds no settings"),
        ("", "holds no settings"),
        ("alpha: [", "is not YAML"),
        (b"\xff\xfe\x00", "is not YAML"),
        ("!!python/object/apply:os.system ['true']", "is not YAML"),
        ("a: " + "x" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_wrong_files_are_explained(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(written(tmp_path, text), Policy)
    assert says in str(caught.value)
    assert "policy.yaml" in str(caught.value)


def test_the_error_carries_path_key_and_nearest(tmp_path: Path) -> None:
    path = written(tmp_path, "min_efect: 0.2")
    with pytest.raises(ConfigError) as caught:
        load_settings(path, Policy)
    assert caught.value.fields == {"path": str(path), "key": "min_efect", "nearest": ["min_effect"]}


def test_a_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path / "none.yaml", Policy)


def test_policies_by_name_file_and_object(tmp_path: Path) -> None:
    assert policy_of("default") == Policy()
    assert policy_of("fixed").rule == "fixed"
    assert policy_of(Policy(alpha=0.2)).alpha == 0.2
    assert policy_of(written(tmp_path, "alpha: 0.02")).alpha == 0.02
    with pytest.raises(ConfigError, match="Did you mean 'fixed'"):
        policy_of("fixd")
    with pytest.raises(ConfigError, match="cannot be read"):
        policy_of(tmp_path / "gone.yaml")
