"""A customer's way back: the likely cause, what to do first, and a reply nobody has sent yet."""
