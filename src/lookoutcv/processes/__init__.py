"""Processes: bounded ones of their own, for what must not run in the process that asks; and the end of this one.

Start with `isolated_process`: a module run as a program, a task in and a result out as JSON. `shutdown` closes what
must not end unfinished.
"""
