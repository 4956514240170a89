"""Every pulled source through its real wire format, all that its customers do, and every fault."""
