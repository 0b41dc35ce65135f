"""The national return on minors in care (SINBA), record layout 1.0.0."""
