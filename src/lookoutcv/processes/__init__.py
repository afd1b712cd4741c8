"""Processes that are bounded: for what must not run in the process that asks for it, or not without an end.

Start with `isolated_process`: a module run as a program, a task in and a result out as JSON.
"""
