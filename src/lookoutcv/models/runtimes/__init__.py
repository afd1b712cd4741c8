"""Runtimes in processes of their own: a model's file is a program, and nobody knows what it does before it has run.

Start with `confined_runtime`, which stands for an opened model here; `runtime_server` opens and runs it there.
"""
