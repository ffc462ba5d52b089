"""Where people came from, first and last, and what became of them."""
