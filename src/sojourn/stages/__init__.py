"""The stage model, and each person's stage on any date."""
