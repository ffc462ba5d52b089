"""Values everything else is built from: errors, spans of time, money, estimates, predicates."""
