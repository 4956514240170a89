"""How well the bundled model reads: public tests, behaviour, fairness; three baselines."""
