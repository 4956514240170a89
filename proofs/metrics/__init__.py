"""Every metric against figures reached another way, at the edges and at large n; how often the
intervals hold the truth; and what the page says of each."""
