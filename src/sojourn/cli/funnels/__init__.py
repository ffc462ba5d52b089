"""The funnel command's own options."""
