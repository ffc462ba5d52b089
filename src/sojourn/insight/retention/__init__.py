"""How many come back: cohorts by periods, people and money."""
