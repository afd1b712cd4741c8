"""What can be said of MLflow: where its server or database is, and what the run and the model are called there."""

from typing import Annotated

from lookoutcv.settings.declaration import Setting, settings_class

OFF = "off"


@settings_class
class TrackingSettings:
    """Where a training is told to MLflow, if anywhere."""

    mlflow_uri: Annotated[
        str | None,
        Setting(
            "Tell MLflow: http://HOST:5000, sqlite:///FILE, databricks; off for nowhere. Unless given, "
            "MLFLOW_TRACKING_URI.",
            name="mlflow",
            metavar="URI|off",
        ),
    ] = None
    experiment: Annotated[
        str | None,
        Setting(
            "The experiment in MLflow; unless given, MLFLOW_EXPERIMENT_NAME, else lookoutcv, and of a gate "
            "cv_blur_detection."
        ),
    ] = None
    run_name: Annotated[str | None, Setting("What MLflow calls the run; unless given, the name of its folder.")] = None
    register: Annotated[
        str | None,
        Setting("Put the best model into MLflow's registry under this name, as its next version.", metavar="NAME"),
    ] = None
