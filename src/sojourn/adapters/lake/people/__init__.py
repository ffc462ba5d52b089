"""People in the lake: finding their events, hiding them, taking them out."""
