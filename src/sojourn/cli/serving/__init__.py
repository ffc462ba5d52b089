"""What `serve` and its neighbours share."""
