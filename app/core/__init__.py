"""Small things without a feature word: a short, closed list."""
