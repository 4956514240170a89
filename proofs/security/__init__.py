"""Scanners over code, policies and packaged template: no finding but those waived in writing.

They live in an environment of their own: their pins clash with ours.
"""
