"""What the audit of vulnerabilities makes of the answers that pip-audit gives."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
answer = runpy.run_path(str(ROOT / "scripts" / "audit.py"))["answer"]

CLEAN = {"name": "clean", "version": "1", "vulns": []}
HURT = {"name": "hurt", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2", "3"]}]}
UNKNOWN = {"name": "own", "skip_reason": "Dependency not found on PyPI and could not be audited: own (1)"}


def told(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_known_vulnerability_fails_and_is_named_with_its_remedy() -> None:
    code, said = answer(1, told(CLEAN, HURT), "Found 1 known vulnerability in 1 package")
    assert code == 1
    assert said == ["hurt 1: PYSEC-1, mended in 2, 3", "2 packages checked, 1 known vulnerability."]


def test_what_the_database_does_not_know_is_named() -> None:
    code, said = answer(0, told(CLEAN, UNKNOWN), "")
    assert code == 0
    assert said == [
        "1 package checked, no known vulnerability.",
        "Not checked, being unknown to the database: own.",
    ]


def test_a_database_that_is_not_there_has_a_code_of_its_own_and_is_no_clean_bill() -> None:
    for output, errors in ((told(UNKNOWN), ""), ("", "requests.exceptions.ConnectionError: Max retries exceeded")):
        code, said = answer(1, output, errors)
        assert code == 2
        assert said[0].startswith("NOT CHECKED: nothing is known")


def test_a_check_that_broke_fails() -> None:
    code, said = answer(2, "", "usage: pip-audit: error: unrecognized arguments")
    assert code == 1
    assert said == ["pip-audit failed with code 2: usage: pip-audit: error: unrecognized arguments"]
