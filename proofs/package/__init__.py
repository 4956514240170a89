"""Two builds of the package give the same hashes, and its sizes stay below Lambda's limits."""
