"""The second stage: read what customers wrote with the model that ships inside the package.

`bundled.BundledModel.load()` and `.read(...)` are all that the rest of the product needs; `batch`
reads what came in. Nothing heavy is imported before the first text is read.
"""
