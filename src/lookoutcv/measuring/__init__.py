"""From a source to records, and from records to a baseline. Whoever needs records asks here.

Start with `measure`, then `collect`: one pass over a source, batch by batch. `options` says how; `predictions/` has
what a model said, `engines/` the processes, `cache/` the images measured before, `calibration/` how right a model is.

Nothing is imported here: the processes that measure load `engines.measure_batches` alone, and start faster for it.
"""
