import json

from lookoutcv.drift.cause.classify import CauseClassification
from lookoutcv.drift.cause.families import UNCLEAR
from lookoutcv.drift.describe.metadata_changes import MetadataChange, SizeChanged, ValueChanged
from lookoutcv.drift.wording.cause_sentences import cause_in_words
from lookoutcv.results.findings.probable_cause import ProbableCause

CAMERA = ValueChanged("camera", "Acme size 3", 1.0, "Acme 5", 1.0)
SIZE = ValueChanged("size", "9x9", 1.0, "5x5", 1.0)


def text(family: str, probability: float, *changes: MetadataChange) -> str:
    return cause_in_words(CauseClassification(family, probability, ((family, probability),)), changes).text


def reason(*candidates: tuple[str, float]) -> str:
    return cause_in_words(CauseClassification(UNCLEAR, 0.3, candidates)).reason


def test_the_words_say_how_sure_it_is_and_what_is_on_record() -> None:
    assert text("dark", 0.9).startswith("Probably too little light")
    assert text("dark", 0.5).startswith("Perhaps too little light")
    for change in (SIZE, SizeChanged(2.1)):
        assert text("sharpness", 0.9, change).endswith(" Other sizes alone change sharpness, noise and blockiness.")
    assert text("sharpness", 0.9, CAMERA).endswith(
        "On record: The camera changed: 'Acme size 3' before (100%), 'Acme 5' now (100%)."
    )
    assert text(UNCLEAR, 0.5).startswith("Cause unclear")


def test_the_reason_says_why() -> None:
    dark = CauseClassification("dark", 0.9, (("dark", 0.9),), (("exposure.brightness", False), ("noise.sigma", True)))
    assert cause_in_words(dark).reason == "What speaks for it: the images are darker, noisier."
    assert reason(("noise", 0.36), ("dark", 0.32), (UNCLEAR, 0.3)) == (
        "No cause is likely enough: noise (36%), darkness (32%)."
    )
    assert reason((UNCLEAR, 0.9), ("dark", 0.1)).endswith("faults were repaired. Nearest: darkness (10%).")
    assert reason((UNCLEAR, 0.98), ("dark", 0.02)).endswith("faults were repaired.")
    missing = cause_in_words(CauseClassification(UNCLEAR, missing=("noise.sigma",)))
    assert missing.reason.endswith("not measured on both sides: noise.sigma.")
    assert (missing.probability, missing.candidates) == (None, [])


def test_it_is_what_a_file_holds() -> None:
    cause = cause_in_words(CauseClassification("dark", 1 / 3, (("dark", 1 / 3),)), [CAMERA])
    assert (cause.probability, cause.candidates[0].probability) == (0.3333, 0.3333)
    assert ProbableCause.from_dict(json.loads(json.dumps(cause.to_dict()))) == cause
