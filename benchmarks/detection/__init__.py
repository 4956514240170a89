"""How early the spike detector hears trouble, and how often it cries wolf: a seeded simulation."""
