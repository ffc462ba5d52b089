"""Events written as objects: JSON of any tool, and the presets of those that are known."""
