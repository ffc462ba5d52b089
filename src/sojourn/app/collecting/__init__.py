"""Taking events from clients: what they sent, settled and kept before they are answered."""
