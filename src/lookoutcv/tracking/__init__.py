"""What is trained, told to MLflow: runs with their curves, figures and files, and the model in its registry.

Start with `open_run`. It opens a run in a `store`, or stands in for one where none is configured; `tracked_run` is what
is told to it, by way of an `outbox` that outlasts a server which goes away. `log_training` says what of a training is
told. `saved_model` writes the model in MLflow's form, and `served_model` is what MLflow calls to load that again.
"""
