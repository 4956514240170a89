"""The maps name the trouble that was planted in a stream, and the code does not know of it."""
