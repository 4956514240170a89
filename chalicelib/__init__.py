"""Heedful hears an unhappy customer while there is still time to make it right."""

__version__ = "0.1.0"
