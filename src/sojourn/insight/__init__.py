"""One module a question: a Spec, a Partial that merges with ``+``, and a typed answer."""
