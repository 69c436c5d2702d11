"""Signing in in two steps: the page of one's own app and codes, and the second step itself."""
