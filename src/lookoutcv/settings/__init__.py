"""Settings: what a declaration of one is, `lookout.yaml` read with line numbers, and the environment before it.

Start with `declaration`. What a room declares stands in the room; what a name or a place means is checked in `project`.
"""
