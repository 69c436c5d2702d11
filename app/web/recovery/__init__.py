"""A forgotten password: asking for a link, and choosing a new one behind it."""
