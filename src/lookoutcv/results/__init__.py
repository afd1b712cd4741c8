"""What comes out: typed, frozen results that every room above reads, with their JSON forms. Pure: no files, no clock.

Start with `drift_report`.
"""
