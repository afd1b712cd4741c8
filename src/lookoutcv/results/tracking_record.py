"""Where a training was told to MLflow, and what of it was not."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class TrackingRecord(Result):
    """A run in MLflow.

    Args:
        uri: Of the server or database, without user and password.
        experiment: Its name.
        run_id: By which MLflow knows the run; "" where the server went away before it had one.
        model: The name in the registry; None where the model was not registered.
        version: Of the model there.
        not_logged: How many points, parameters, files ... did not arrive, by what they are. Empty where all did.
        reason: Of the last that did not, or why nothing did, in the words of MLflow.
    """

    uri: str
    experiment: str
    run_id: str
    model: str | None = None
    version: str | None = None
    not_logged: dict[str, int] = field(default_factory=dict)
    reason: str = ""

    def sentence(self) -> str:
        """What a person is told of it.

        Example:
            >>> TrackingRecord("sqlite:///a.db", "pets", "1f", "pets", "3").sentence()
            'Told to MLflow at sqlite:///a.db: run 1f of the experiment pets, and model pets, version 3.'
            >>> TrackingRecord("http://a", "pets", "1f", not_logged={"points": 6}, reason="gone").sentence()
            'Told to MLflow at http://a: run 1f of the experiment pets. Not told: 6 points (gone).'
        """
        model = f", and model {self.model}, version {self.version}" if self.version else ""
        said = f"Told to MLflow at {self.uri}: run {self.run_id} of the experiment {self.experiment}{model}."
        if not self.run_id:
            said = f"MLflow at {self.uri} was told nothing."
        if not self.not_logged:
            return f"{said[:-1]}: {self.reason}." if self.reason else said
        missing = ", ".join(f"{count:,} {what}" for what, count in self.not_logged.items())
        return f"{said} Not told: {missing}{f' ({self.reason})' if self.reason else ''}."
