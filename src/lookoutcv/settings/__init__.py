"""Settings: what a declaration of one is, `lookout.yaml` read with line numbers, and the environment before it.

Start with `declaration`. What a room declares stands in the room, `configuration` collects it, and `project` checks
that what a name or a place stands for is there.
"""
