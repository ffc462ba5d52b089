"""Who may do what: people who sign in, the roles they have, tokens that act for them."""
