"""One call to a logger: as it was made, as it waits, and what can be read of its values, whatever they are.

Start with `call_queue`, where a call is what it is; `parse_predictions` makes a prediction of it.
"""
