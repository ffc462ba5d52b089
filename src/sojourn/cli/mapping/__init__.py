"""What the map and stages commands share: reading documents, writing outputs."""
