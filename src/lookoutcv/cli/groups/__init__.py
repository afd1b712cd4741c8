"""Verbs of a noun: `lookout config ...`, `lookout runs ...`; the log has so many that it is a room of its own."""
