"""What every benchmark needs: figures with goals, clocks, pictures, and one command line."""

import os

# What was measured once would be looked up the next time, and nothing would be timed but that.
os.environ["LOOKOUTCV_CACHE"] = "off"
