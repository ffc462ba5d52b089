"""How many people go through steps: the funnel, with every option, and why tools disagree."""
