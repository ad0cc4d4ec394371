"""What can be watched of a model in production: thirty monitors over the signals of each day."""
