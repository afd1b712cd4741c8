"""The only author of sentences: results and figures in, plain words out. Start with `summary`.

What is found has one file each: `note_sentences` words every kind of note, `metric_sentences` a metric, and so on.
"""
