"""Nothing goes to a customer unless a named person approved that very text."""
