"""The import command's options, progress and summary."""
