"""PROTECT: what must not be kept is taken out before anything is queued or stored."""
