"""Behind the links of the mails about an account: opening one asks, its button does."""
