"""The second step of signing in: apps with codes, and codes on paper."""
