"""Survey tools and help desks that call us: one module a tool. Each proves its sender over the raw
bytes before it reads them (contracts B)."""
