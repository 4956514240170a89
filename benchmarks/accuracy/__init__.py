"""How well the bundled model reads: public test sets, behaviour, fairness, beside three baselines."""
