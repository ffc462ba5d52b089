"""Backups as folders: files, a list of them with checksums, whole or not there."""
