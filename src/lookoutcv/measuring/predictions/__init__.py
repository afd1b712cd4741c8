"""Where the predictions for measured images come from: a model that is run, or a file of predictions made elsewhere.

Start with `prediction_source`, which says what such a source is; `model_source` and `imported_predictions` are the two.
A file goes through `read_entries`, `prediction_rows` and `prediction_table`.
"""
