"""How the bundled model is made, judged and exported. Never packaged."""
