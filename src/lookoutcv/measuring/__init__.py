"""From a source to records, and from records to a baseline. Whoever needs records asks here."""

from lookoutcv.measuring.baseline import Baseline, baseline
from lookoutcv.measuring.measure import measure
from lookoutcv.measuring.measurement import Measurement
from lookoutcv.measuring.options import Options
from lookoutcv.measuring.records import Records

__all__ = ["Baseline", "Measurement", "Options", "Records", "baseline", "measure"]
