"""The queue that is also the record: put in, claim, end, let go."""
