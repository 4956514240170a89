"""PULL: bring in what customers say. One module per source; each turns its wire into `Feedback`."""
