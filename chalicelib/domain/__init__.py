"""The nouns and rules of Heedful. Standard library only; frozen values; no input or output."""
