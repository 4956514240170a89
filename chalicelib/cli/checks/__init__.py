"""What `heedful check` looks at: sources, sending, people, the stage. It changes nothing."""
