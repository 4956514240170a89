"""A year of the bakery with one call in a hundred failing: memory, delay and every invariant."""
