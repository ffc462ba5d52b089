"""The documents of a workspace, all kinds together: as files, and applied from files."""
