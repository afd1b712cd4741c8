"""A command line that is not understood ends with what to type."""

import pytest

from lookoutcv.cli.main import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["monitor", "day", "--baslin", "b.parquet"], "type --baseline in place of --baslin."),
        (["monitor", "day", "--html"], "type a value after it: --html report.html."),
        (["monitor", "day", "-b", "b.parquet", "--html", "--json"], "Type --html report.html --json."),
        (["baseline", "day", "--num-workers", "3"], "type --workers in place of --num-workers."),
        (["measure", "day", "--zzzz"], "`lookout measure --help` lists what it takes."),
        (["baseline"], "`lookout baseline --help` lists what it takes."),
    ],
)
def test_what_to_type_is_the_last_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err.splitlines()[-1]
