"""What comes out: typed, frozen results that every room above reads, with their JSON forms.

Pure: no files, no clock, no numpy. Start with `drift_report`; `result` is what all of them share.
"""
