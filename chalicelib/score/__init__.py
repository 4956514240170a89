"""The second stage: read what customers wrote with the model that ships inside the package.

`BundledModel.load()` and `BundledModel.read(...)` are all that the rest of the product needs.
Nothing heavy is imported before the first text is read.
"""

from chalicelib.score.bundled import BundledModel

__all__ = ["BundledModel"]
