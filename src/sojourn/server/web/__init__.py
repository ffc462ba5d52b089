"""The process that answers people: pages, questions, accounts."""
