"""Words for what the domains only name: kinds of mail, events, failures and their remedies."""
