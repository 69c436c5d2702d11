"""Signing in, signing out, and the page of somebody who is signed in."""
