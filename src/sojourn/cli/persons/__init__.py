"""Commands about single persons: what one did, and who counts as whom."""
