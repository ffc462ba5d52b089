"""Segments: rules over what people did, who is inside now and when that changes by itself."""
