"""A keyword that a function does not know is refused, with the one that was probably meant."""

from __future__ import annotations

import inspect

import pytest

import lookoutcv as lo
from lookoutcv.calls.keywords import nearest_keyword, only_known_keywords
from lookoutcv.errors import UnknownArgument, UsageError

_LOGGERS = [lo.ClassificationLogger, lo.DetectionLogger, lo.SegmentationLogger]


@pytest.mark.parametrize("function", [lo.baseline, lo.monitor, lo.compare, lo.measure])
@pytest.mark.parametrize(
    ("written", "meant"),
    [("model_path", "model"), ("samples", "sample"), ("metric", "metrics"), ("n_jobs", "workers"), ("sead", "seed")],
)
def test_options_that_nobody_takes_are_refused_with_the_right_one(function, written, meant):
    with pytest.raises(UnknownArgument, match=f"takes no '{written}'. Did you mean '{meant}'") as caught:
        function("nowhere", **{written: 3})
    assert (caught.value.key, caught.value.nearest) == (written, (meant,))


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        (lambda: lo.monitor("day", baseline="b.parquet", grup_by="camera"), "group_by"),
        (lambda: lo.monitor("day", baseline="b.parquet", polcy="fixed"), "policy"),
        (lambda: lo.monitor("day", reference="b.parquet"), "baseline"),
        (lambda: lo.compare("a", "b", polcy="fixed"), "policy"),
        (lambda: lo.baseline(path="val"), "source"),
        (lambda: lo.predict("m.onnx", "a.jpg", top_k=3), "top"),
        (lambda: lo.predict("m.onnx", "a.jpg", out="p.csv"), "output"),
        (lambda: lo.evaluate("m.onnx", "val", preds="p.csv"), "predictions"),
        (lambda: lo.card("m.onnx", images="val"), "try_"),
        (lambda: lo.open_model("m.onnx", num_threads=3), "threads"),
        (lambda: lo.open_log("logs", storage_option={}), "storage_options"),
        (lambda: lo.open_log("logs").read(colums=["id"]), "columns"),
        (lambda: lo.open_log("logs").tail(modell="pets"), "model"),
        (lambda: lo.open_log("logs").retain(older_then="9d"), "older_than"),
        (lambda: lo.ClassificationLogger("pets", metrics=[]), "enabled_metrics"),
        (lambda: lo.DetectionLogger("cars", classes=["car"]), "labels"),
        (lambda: lo.SegmentationLogger(name="roads"), "model_name"),
        (lambda: lo.render(None, "r.html", formt="html"), "format"),
        (lambda: lo.index("reports", output="i.html"), "path"),
        (lambda: lo.load(file="x"), "path"),
        (lambda: lo.load_config(file="x"), "path"),
        (lambda: lo.read("a.jpg", limit=3), "limits"),
    ],
)
def test_every_function_names_what_was_meant(call, meant):
    with pytest.raises(UnknownArgument) as caught:
        call()
    assert caught.value.nearest == (meant,)


def _functions():
    public = [(name, getattr(lo, name)) for name in lo.__all__ if name.islower() and not name.startswith("_")]
    methods = [(name, one) for name, one in vars(lo.PredictionLog).items() if not name.startswith("_")]
    return [*public, *methods, *((kind.__name__, kind) for kind in _LOGGERS)]


@pytest.mark.parametrize(("name", "function"), _functions(), ids=lambda one: one if isinstance(one, str) else "")
def test_no_public_function_overhears_a_keyword(name, function):
    with pytest.raises(UnknownArgument, match="takes no 'zzzz'"):
        function(zzzz=1)


def test_what_another_function_does_is_said():
    with pytest.raises(UnknownArgument, match=r"save\('baseline.parquet'\)") as caught:
        lo.baseline("val", output="b.parquet")
    assert caught.value.nearest == ()
    with pytest.raises(UnknownArgument, match=r"lo.render\(report, 'report.html'\)"):
        lo.monitor("day", baseline="b.parquet", html="r.html")


def test_a_place_that_is_taken_is_not_offered_again():
    with pytest.raises(UnknownArgument) as caught:
        lo.baseline("val", path="val")
    assert "source" not in caught.value.nearest


def test_it_is_an_error_of_usage_and_of_types():
    @only_known_keywords()
    def nothing():
        return 3

    assert nothing() == 3
    with pytest.raises(TypeError, match="Leave it out"):
        nothing(size=3)
    assert issubclass(UnknownArgument, UsageError)


def test_names_in_another_case_are_found():
    assert nearest_keyword("Batch_By", ["batch_by"]) == "batch_by"
    assert nearest_keyword("zzzz", ["batch_by"]) is None


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        (lambda: lo.Policy(alfa=0.05), "alpha"),
        (lambda: lo.Card(classes=["cat"]), "labels"),
        (lambda: lo.LogFilter(modell="pets"), "model"),
        (lambda: lo.ImageRetention(shares=0.5), "share"),
        (lambda: lo.MeasuredColumn("a.b", kind="flag"), "type"),
        (lambda: lo.Policy().to_dict(indent=3), None),
        (lambda: lo.Card.of(None, besides=None), "beside"),
        (lambda: lo.Baseline.load(file="b.parquet"), "path"),
    ],
)
def test_classes_and_their_methods_do_so_too(call, meant):
    with pytest.raises(UnknownArgument) as caught:
        call()
    assert caught.value.nearest == (() if meant is None else (meant,))


_CALLED_OFTEN = {"log", "log_prediction", "after_fork"}  # of the loggers, see below; the system calls the last
_MADE_OF_ANYTHING = {"LookoutError", "Options", "CVMetrics"}  # its own fields, a dict, an enumeration


@pytest.mark.parametrize(
    "kind", [getattr(lo, name) for name in lo.__all__ if name[0].isupper() and name not in _MADE_OF_ANYTHING]
)
def test_no_public_class_overhears_a_keyword(kind):
    if kind is not lo.Predictor:  # made by lo.open_model alone
        with pytest.raises(UnknownArgument, match=rf"{kind.__name__}\(\) takes no 'zzzz'"):
            kind(zzzz=1)
    for name in [one for one in dir(kind) if not one.startswith("_") and one not in _CALLED_OFTEN]:
        method = inspect.getattr_static(kind, name)
        if inspect.isfunction(method) and method.__module__.startswith("lookoutcv"):
            with pytest.raises(UnknownArgument, match="takes no 'zzzz'"):
                method(None, zzzz=1)


@pytest.fixture(params=_LOGGERS)
def logger(request, tmp_path):
    with request.param("pets", enabled_metrics=[], directory=tmp_path) as made:
        yield made


def test_a_call_of_a_logger_says_so_and_logs_nothing(logger):
    with pytest.raises(UnknownArgument, match=r"log\(\) is not told prediction. Give prediction=...") as caught:
        logger.log(confidence=0.5)
    assert caught.value.fields == {"key": "prediction", "nearest": ()}
    with pytest.raises(UnknownArgument, match=r"log_prediction\(\) takes no 'lable'. Did you mean 'label'"):
        logger.log_prediction(None, "cat", 0.5, lable="dog")
    with pytest.raises(UnknownArgument, match="Give it by its name: "):
        logger.log_prediction(*[None] * 10)
    with pytest.raises(UnknownArgument, match=r"log\(\) takes no 'name'. Did you mean 'image_name'"):
        logger.log({"cat": 0.5}, name="a.jpg")
    with pytest.raises(UnknownArgument, match=r"wrap\(\) takes no 'images'. Did you mean 'image'"):
        logger.wrap(images="frames")
    assert logger.stats().logged == 0
