"""A project on disk: what its folder seems to hold, and whether what its settings name is there and can be read.

Start with `check_project`. What keys there are is collected in `configuration`, and `settings` reads them.
"""
