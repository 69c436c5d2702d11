"""The settings of an address, found in its domain and at the usual places."""
