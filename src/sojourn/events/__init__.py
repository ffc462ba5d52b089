"""What an event is: the lake's schema, its parsing, its channel, its page path."""
