"""Two workers at the same rows, stepped call by call in an order drawn from a seed."""
