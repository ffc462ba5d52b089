"""The map document as text: YAML and JSON there and back, CSV and Mermaid one way."""
