"""Questions about stages: figures of a range, states on a date, one person's history."""
