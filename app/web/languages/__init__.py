"""The languages: how far each one is, and what it still lacks."""
