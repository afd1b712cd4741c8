"""What `lookout init` writes is read back as it was meant, and every comment in it is a right setting."""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from lookoutcv.configuration.project_schema import project_schema
from lookoutcv.settings.key import Key
from lookoutcv.settings.settings_file import FileContents, read_settings_file
from lookoutcv.settings.write_file import settings_text

SCHEMA = project_schema()
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
WRITTEN = {"baseline", "monitor", "model", "report", "measure"}


def values_of(key: Key) -> st.SearchStrategy[object]:
    if key.kind == "boolean":
        one: st.SearchStrategy[object] = st.booleans()
    elif key.kind == "integer":
        one = st.integers(int(key.minimum or 0), 10**9)
    elif key.kind == "number":
        one = st.floats(key.minimum or 0, 1e6, allow_nan=False)
    else:
        one = st.sampled_from(key.choices) if key.choices else NAMES
    if key.many:
        return st.lists(one, min_size=1, max_size=3)
    return one | st.just(False) if key.can_be_off else one


PLACES = [(section, key) for section, key in SCHEMA.all_keys() if section in WRITTEN]
GIVEN = st.lists(st.sampled_from(PLACES), max_size=6, unique_by=lambda one: (one[0], one[1].name)).flatmap(
    lambda places: st.fixed_dictionaries({(section, key.name): values_of(key) for section, key in places})
)


def reading(text: str) -> FileContents:
    with TemporaryDirectory() as folder:
        path = Path(folder, "lookout.yaml")
        path.write_text(text, encoding="utf-8", newline="\n")
        contents = read_settings_file(str(path), SCHEMA, {})
        inside = folder + os.sep
    for place, setting in contents.values.items():
        values = setting.value if isinstance(setting.value, list) else [setting.value]
        plain = [one.removeprefix(inside) if isinstance(one, str) else one for one in values]
        object.__setattr__(setting, "value", plain if isinstance(setting.value, list) else plain[0])
        assert place in contents.values
    return contents


def as_read(key: Key, value: object) -> object:
    """A path is seen from where the program runs."""
    if isinstance(value, list):
        return [as_read(key, one) for one in value]
    if (key.kind == "path" or key.place) and isinstance(value, str) and "://" not in value:
        return value if value in key.place_names else os.path.join("", os.path.expanduser(value))
    return value


@settings(max_examples=50)
@given(GIVEN)
def test_what_is_written_is_read(given: dict[tuple[str, str], object]) -> None:
    contents = reading(settings_text(SCHEMA, given))
    assert contents.problems == []
    found = {place: setting.value for place, setting in contents.values.items()}
    assert found == {place: as_read(SCHEMA.key(*place), value) for place, value in given.items()}


def test_every_comment_is_a_right_default() -> None:
    text = settings_text(SCHEMA, {})
    bare = re.sub(r"^( *)# ([a-z_]+:)", r"\1\2", text, flags=re.MULTILINE)
    contents = reading(bare)
    assert contents.problems == []
    for (section, name), setting in contents.values.items():
        key = SCHEMA.key(section, name)
        assert setting.value == as_read(key, key.default), (section, name)
    assert len(contents.values) >= 8
    assert reading(text).values == {}


def test_lines_fit() -> None:
    assert max(map(len, settings_text(SCHEMA, {}).splitlines())) <= 120
