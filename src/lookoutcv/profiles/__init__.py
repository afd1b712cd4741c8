"""What remains of many records: counts, histograms on fixed grids and a hash sample, which merge without loss.

Start with `profile`.
"""

from lookoutcv.profiles.histogram import Histogram
from lookoutcv.profiles.profile import Profile, ProfileBuilder, from_records, merge

__all__ = ["Histogram", "Profile", "ProfileBuilder", "from_records", "merge"]
