"""Every metric against figures reached another way, at the edges; and what is said of each."""
