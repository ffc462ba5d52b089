"""What there is: events and their properties, sessions, one person's journey."""
