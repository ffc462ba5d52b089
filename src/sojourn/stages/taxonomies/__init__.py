"""Ready taxonomies: stages and the kinds of event that lead into them."""
