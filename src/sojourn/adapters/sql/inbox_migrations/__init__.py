"""The revisions of the inbox, oldest first."""
