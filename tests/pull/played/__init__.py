"""Sources played on the loopback, each in its own wire format, with made-up customers."""
