"""How early the spike detector hears trouble, and how often it cries wolf: a seeded simulation."""

import os

# One core is what the benchmark is timed on; linear algebra on several threads only waits there.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
