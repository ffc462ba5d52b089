"""Tables, logs and sequences written as text."""
