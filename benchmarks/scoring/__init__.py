"""How fast the bundled model reads on one core: texts a second, memory, first answer, cost."""
