"""What other libraries return for an image, as predictions. `base.py` says what an adapter is; every other file is one.

No library is imported: a result is known by its shape and the name of its class.
"""

from lookoutcv.adapters.base import Adapter, AdapterContext, adapted, adapter, registry

__all__ = ["Adapter", "AdapterContext", "adapted", "adapter", "registry"]
