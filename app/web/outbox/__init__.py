"""The outbox and the log of all mail: find, read the story, decide."""
