"""Earlier reports set beside the figures of now."""
