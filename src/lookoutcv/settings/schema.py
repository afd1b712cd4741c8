"""What a project's settings may hold: sections of keys, and where each verb looks its parameters up."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lookoutcv.settings.key import Key


@dataclass(frozen=True)
class Section:
    """Keys that belong together.

    Args:
        help: What they are, in a line.
        keys: By name.
    """

    help: str
    keys: Mapping[str, Key]


@dataclass(frozen=True)
class Schema:
    """Every setting there is.

    Args:
        top: Keys outside of any section.
        sections: By name.
        verbs: For each verb, by its parameters' names, the (section, key) where each is looked up: the first that is
            given.
    """

    top: Mapping[str, Key]
    sections: Mapping[str, Section]
    verbs: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = field(default_factory=dict)

    def key(self, section: str, name: str) -> Key:
        """One setting; `section` is "" for those outside of any."""
        return self.top[name] if section == "" else self.sections[section].keys[name]

    def primary_keys(self, section: str) -> set[str]:
        """The keys that are best said in a section: not those of a verb that other verbs share."""
        if section == "":
            return set(self.top)
        places = [place for verb in self.verbs.values() for place in verb.values()]
        shared = {key_places[-1] for key_places in places if len(key_places) > 1}
        own = {key_places[0] for key_places in places if len(key_places) == 1}
        chosen = shared if any(name == section for name, _ in shared) else own
        return {key for name, key in chosen if name == section}

    def all_keys(self) -> list[tuple[str, Key]]:
        """Every (section, key)."""
        in_sections = [(name, key) for name, section in self.sections.items() for key in section.keys.values()]
        return [("", key) for key in self.top.values()] + in_sections

    def paths(self) -> list[str]:
        """Every key as messages write it: "monitor.policy"."""
        return [dotted(section, key.name) for section, key in self.all_keys()]

    def nearest(self, section: str, name: str) -> list[str]:
        """The right key that is most like a wrong one: of its own section, else of any."""
        if section in self.sections:
            own = difflib.get_close_matches(name, self.sections[section].keys, n=1)
            other_sections = [path for path in self.paths() if path.rpartition(".")[2] == name]
            return [dotted(section, own[0])] if own else other_sections[:1]
        same_name = [path for path in self.paths() if path.rpartition(".")[2] == name]
        return difflib.get_close_matches(name, [*self.sections, *self.top], n=1) or same_name[:1]


def dotted(section: str, name: str) -> str:
    """A key as messages write it."""
    return f"{section}.{name}" if section else name
