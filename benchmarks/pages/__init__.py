"""What the owner's pages weigh and read when a shop has kept a hundred thousand voices."""
