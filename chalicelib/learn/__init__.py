"""What the weeks teach: the digest."""
