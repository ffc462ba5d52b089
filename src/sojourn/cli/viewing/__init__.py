"""What the commands about paths share: options on how journeys are looked at, and pictures."""
