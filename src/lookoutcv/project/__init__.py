"""The settings of a project: `lookout.yaml` found, read with line numbers, checked, joined with the environment.

What keys there are is not said here: the command line hands its own parameters over as a `Schema`.
"""
