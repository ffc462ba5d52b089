"""How journeys are looked at: split into which units, with which nodes, matching which pattern."""
