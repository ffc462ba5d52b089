"""Statistics shared by questions: bins, order statistics, survival."""
