"""Any order, any repeats, any batches of the same feedback: the same rows and the same counts."""
