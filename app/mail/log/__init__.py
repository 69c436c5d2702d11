"""Messages as they are read: the log of all, the story of one, the mails of a person."""
