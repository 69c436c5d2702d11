"""Passwords: what is strong enough, and how they are kept."""
