"""Ready documents for webhooks of systems that many shops use."""
