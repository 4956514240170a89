"""A town in memory with a bakery in it, where anything may go wrong at any call of any adapter."""
