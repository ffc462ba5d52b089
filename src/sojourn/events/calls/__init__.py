"""What tools send: one object an event, read as who did what when."""
