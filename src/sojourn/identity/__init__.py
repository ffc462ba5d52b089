"""Who is who: merge rules, as pure functions over ids and times."""
