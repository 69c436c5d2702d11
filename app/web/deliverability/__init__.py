"""How receivers see the mail of the stored settings: looked up in DNS, nothing stored."""
