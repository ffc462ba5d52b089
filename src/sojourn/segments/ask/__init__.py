"""Questions about segments: who is inside, how many, and why."""
