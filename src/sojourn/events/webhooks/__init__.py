"""What other systems send of their own accord, read by a document as calls."""
