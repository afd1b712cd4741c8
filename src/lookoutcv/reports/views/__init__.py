"""Results as documents: the answer first, then the evidence, then how it was come by.

Start with `every_result`: it knows which view is of which result.
"""
