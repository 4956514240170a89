"""A town lived by Hypothesis: any steps in any order, with every invariant looked at after each."""
