"""The worker: claims messages, asks the servers in turn, writes down each answer."""
