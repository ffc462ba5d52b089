"""The meal-kit demo: a simulated shop whose truth is known."""
