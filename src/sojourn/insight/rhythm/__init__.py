"""When people come, stay away and wait."""
