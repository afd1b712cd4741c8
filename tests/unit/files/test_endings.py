"""An output whose name ends in another form than it has is refused, and nothing is written."""

from pathlib import Path

import pytest

from lookoutcv.cli.main import main
from lookoutcv.models import Card, card_json


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["config", "schema", "-o", "s.yaml"], "End its name in .json, as s.json."),
        (["card", "net.onnx", "-o", "c.txt"], "End its name in .yaml or .yml or .json, as c.yaml."),
        (
            ["evaluate", "net.onnx", "val", "-o", "e.csv"],
            "'e.csv' does not say which report format is wanted. End its name in one of .htm, .html, .json,",
        ),
        (["monitor", "day", "-b", "b.parquet", "--html", "r.pdf"], "End its name in .html, or ask for pdf (-o r.pdf)."),
    ],
)
def test_another_ending_is_refused(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_card_in_json_reads_back_as_the_same(tmp_path: Path) -> None:
    card = Card(task="classification", labels=("cat", "dog"), head={"name": "softmax"})
    file = tmp_path / "net.card.json"
    file.write_text(card_json(card), encoding="utf-8")
    assert Card.of(file) == card
