"""The journey map document: stages, steps, lanes, cells and their evidence."""
