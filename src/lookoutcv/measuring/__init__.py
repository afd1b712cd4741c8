"""From a source to records, and from records to a baseline. Whoever needs records asks here.

Nothing is imported here: the processes that measure load `batches` alone, and start faster and smaller for it.
"""
