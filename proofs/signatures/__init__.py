"""Every tool's signature, right and almost right: taken and stored once, or refused with 401."""
