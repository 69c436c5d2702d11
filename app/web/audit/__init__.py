"""The audit: who did what, to whom, when and from where. Only to be read."""
