"""What each function may do against the calls it really makes: nothing missing, nothing more."""
