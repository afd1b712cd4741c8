"""Every verb with what it can be told: one table, from which the command line and the settings file derive."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.gate.gate_settings import GateCheckSettings
from lookoutcv.gate_training.gate_training_settings import (
    GateAddSettings,
    GateDataSettings,
    GateEvaluateSettings,
    GateFitSettings,
    GateInitSettings,
)
from lookoutcv.history.history_settings import (
    HistoryEventsSettings,
    HistoryListSettings,
    HistoryPlaceSettings,
    HistoryPruneSettings,
    HistoryRollupSettings,
    HistoryRowSettings,
    HistoryShowSettings,
)
from lookoutcv.inference.inference_settings import CardSettings, EvaluateSettings, ExplainSettings, PredictSettings
from lookoutcv.log.log_settings import (
    CompactSettings,
    EraseSettings,
    ExportSettings,
    ImportSettings,
    LabelSettings,
    ListSettings,
    LogModelSettings,
    LogPlaceSettings,
    LogRowSettings,
    LogTimeSettings,
    PlotSettings,
    QuerySettings,
    RetainSettings,
    ShowRowSettings,
    TailSettings,
    VacuumSettings,
)
from lookoutcv.measuring.measuring_settings import (
    BaselineSettings,
    GateOptions,
    MeasureSettings,
    MeasuringOptions,
    PictureOptions,
)
from lookoutcv.measuring.model_settings import AttentionSettings, ModelOptions, NoInferenceSettings
from lookoutcv.monitoring.monitoring_settings import CompareSettings, MonitorSettings
from lookoutcv.reports.report_settings import IndexSettings, ReportSettings
from lookoutcv.service.service_settings import (
    KeyAddSettings,
    KeyListSettings,
    KeyRemoveSettings,
    KeysPlaceSettings,
    ServeSettings,
)
from lookoutcv.settings.declared_parameters import Parameter, declared_parameters
from lookoutcv.tracking.tracking_settings import TrackingSettings
from lookoutcv.training.packing.packing_settings import PackageSettings
from lookoutcv.training.training_settings import TrainSettings


@dataclass(frozen=True)
class Group:
    """Settings that a verb takes.

    Args:
        declarations: The classes that declare them; several are handed over as one.
        only: Names of those that the verb takes; empty for all.
    """

    declarations: tuple[type, ...]
    only: tuple[str, ...] = ()

    def parameters(self) -> tuple[Parameter, ...]:
        """The settings, in order."""
        every = (one for declaration in self.declarations for one in declared_parameters(declaration))
        return tuple(one for one in every if not self.only or one.name in self.only)


@dataclass(frozen=True)
class Verb:
    """A verb.

    Args:
        name: "log tail" for one of a group.
        summary: What it does, in a sentence.
        groups: What it can be told: its own settings first, then those that it shares with others.
    """

    name: str
    summary: str
    groups: tuple[Group, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every setting, in the order of the command line."""
        return tuple(one for group in self.groups for one in group.parameters())


# What is said once for all verbs: in which section of the file the settings of a class stand.
SHARED_SECTIONS: dict[type, str] = {
    MeasuringOptions: "measure",
    GateOptions: "gate",
    ModelOptions: "model",
    NoInferenceSettings: "model",
    AttentionSettings: "model",
    PictureOptions: "report",
    ReportSettings: "report",
    TrackingSettings: "mlflow",
}
MEASURING = Group((MeasuringOptions, ModelOptions, NoInferenceSettings, AttentionSettings, GateOptions))
PICTURING = Group((*MEASURING.declarations, PictureOptions))
REPORTING = Group((ReportSettings,))
DRAWING = Group((ReportSettings,), only=("output", "html", "force", "interactive", "template", "logo"))
STYLING = Group((ReportSettings,), only=("template", "logo"))
TRACKING = Group((TrackingSettings,))
# A gate is no model of the registry's.
TOLD = Group((TrackingSettings,), only=("mlflow_uri", "experiment", "run_name"))
KEYS_PLACE = Group((KeysPlaceSettings,))
HISTORY_ROWS = Group((HistoryRowSettings,))
HISTORY_PLACE = Group((HistoryPlaceSettings,))
LOG_ROWS = Group((LogRowSettings,))
LOG_PLACE = Group((LogPlaceSettings,))
LOG_MODEL = Group((LogModelSettings,))
LOG_TIME = Group((LogTimeSettings,))


def _verb(name: str, summary: str, own: type, *shared: Group) -> Verb:
    return Verb(name, summary, (Group((own,)), *shared))


_VERBS = (
    _verb(
        "measure",
        "Measure an image, or every image of a source: a summary, or with -o a record an image.",
        MeasureSettings,
        MEASURING,
    ),
    _verb(
        "baseline",
        "Measure known-good images and keep what later images are compared with.",
        BaselineSettings,
        PICTURING,
    ),
    _verb(
        "monitor",
        "Say whether images changed since the baseline, how sure that is, how bad it is, and which images show it.",
        MonitorSettings,
        REPORTING,
        PICTURING,
    ),
    _verb("compare", "Compare two sources, record files or baselines.", CompareSettings, REPORTING, PICTURING),
    _verb(
        "index",
        "Put several reports on one page: which drifted, trends of what moved, and a link to each.",
        IndexSettings,
        STYLING,
    ),
    _verb("predict", "Say what a model sees: classes, objects, areas or an embedding.", PredictSettings),
    _verb(
        "explain",
        "Show what a model looked at in images: a map for each class, as a picture, numbers or a report.",
        ExplainSettings,
        STYLING,
        Group((PictureOptions,)),
    ),
    _verb(
        "evaluate",
        "Say how good a classifier or a detector is on labelled images: overall, class by class, and where it fails.",
        EvaluateSettings,
        STYLING,
        Group((PictureOptions,)),
    ),
    _verb(
        "train",
        "Teach several networks the classes of labelled images, compare them, and pack the best with its baseline.",
        TrainSettings,
        TRACKING,
    ),
    _verb(
        "card",
        "Write down how a model wants its images and what its outputs mean; check it on labelled images.",
        CardSettings,
    ),
    _verb(
        "package",
        "Wrap a model that exists already with its card, its baseline and its figures: one folder or ZIP, taken "
        "wherever a model is.",
        PackageSettings,
    ),
    _verb(
        "serve",
        "Put models behind an HTTP API: gated, logged, watched by Prometheus, several processes, until it is stopped.",
        ServeSettings,
    ),
    _verb("keys add", "Make a key with which a service may be asked, and print it.", KeyAddSettings, KEYS_PLACE),
    _verb("keys list", "List who has a key, and what each allows.", KeyListSettings, KEYS_PLACE),
    _verb("keys remove", "Let a key open nothing any more; running services see it.", KeyRemoveSettings, KEYS_PLACE),
    _verb(
        "gate check",
        "Say whether images are fit to use: sharp, blurred or not to be told, and what else is wrong with them.",
        GateCheckSettings,
    ),
    _verb(
        "gate data",
        "Make sharp and blurred images to fit a gate on: drawn patterns, or copies of photographs.",
        GateDataSettings,
    ),
    _verb(
        "gate add",
        "Add labelled images of your own to samples: each is checked, and copied once.",
        GateAddSettings,
    ),
    _verb(
        "gate fit",
        "Fit a gate to your own images: its cut refuses the share of good ones that you allow.",
        GateFitSettings,
        TOLD,
    ),
    _verb(
        "gate init",
        "Write a pipeline for DVC: new samples are taken in, data prepared, gates fitted; with parameters and metrics.",
        GateInitSettings,
    ),
    _verb(
        "gate evaluate",
        "Say how good a gate is on images that are known to be sharp or blurred, by kind and strength of blur.",
        GateEvaluateSettings,
        STYLING,
        Group((PictureOptions,), only=("thumbnails",)),
    ),
    _verb(
        "history list",
        "List the reports of a history, the last recorded first.",
        HistoryListSettings,
        HISTORY_ROWS,
    ),
    _verb("history show", "Print a report of a history as it was recorded: JSON.", HistoryShowSettings, HISTORY_PLACE),
    _verb("history events", "List what happened, the last first.", HistoryEventsSettings, HISTORY_ROWS),
    _verb(
        "history rollup",
        "Say what numbers of a model come to by hour or day: count, sum, mean, least and largest.",
        HistoryRollupSettings,
        HISTORY_PLACE,
    ),
    _verb(
        "history prune",
        "Delete old single numbers; what they came to by hour and day stays.",
        HistoryPruneSettings,
        HISTORY_PLACE,
    ),
    _verb(
        "log list",
        "Say what is in the log: models, versions, rows, days, bytes, the last row, and what waits in the spool.",
        ListSettings,
        LOG_ROWS,
    ),
    _verb(
        "log import",
        "Bring plain Parquet logs, one file a process, into the log, each file once.",
        ImportSettings,
        LOG_PLACE,
    ),
    _verb("log tail", "Print the last rows, and with --follow those that come.", TailSettings, LOG_ROWS),
    _verb("log show", "Show one image's row whole, and where its picture is.", ShowRowSettings, LOG_ROWS),
    _verb(
        "log query",
        "Ask the log in SQL: one SELECT over the table log. Nothing is changed.",
        QuerySettings,
        LOG_ROWS,
    ),
    _verb("log plot", "Draw metrics, confidence and classes over time.", PlotSettings, LOG_ROWS),
    _verb(
        "log export",
        "Write records of one model to a file; as Parquet it is a record file, which baseline and compare read.",
        ExportSettings,
        LOG_ROWS,
    ),
    _verb(
        "log label",
        "Put labels that are known since on rows of the log, beside running writers; then the true accuracy is told.",
        LabelSettings,
        LOG_TIME,
    ),
    _verb("log retain", "Remove old rows with their pictures, beside running writers.", RetainSettings, LOG_MODEL),
    _verb(
        "log compact",
        "Join the small files of each day, so that reading is fast; rows stay as they are.",
        CompactSettings,
        LOG_MODEL,
    ),
    _verb(
        "log vacuum",
        "Free files that were replaced, and pictures whose rows are gone; rows are not touched.",
        VacuumSettings,
        LOG_PLACE,
    ),
    _verb(
        "log erase",
        "Remove every row and picture of an image for good, old files of the table included.",
        EraseSettings,
        LOG_MODEL,
    ),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _VERBS}
