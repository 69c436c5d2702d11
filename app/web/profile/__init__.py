"""One's own account: name, password, address, where one is signed in, the end of it."""
