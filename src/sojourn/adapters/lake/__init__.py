"""The lake: a Delta table of events, and the sorted ids that keep it free of duplicates."""
