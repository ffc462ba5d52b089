"""Copies of a workspace's tables: always SQLite files, whatever they are copied from or go to."""
