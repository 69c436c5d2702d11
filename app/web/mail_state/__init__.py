"""How mail stands, for every page of the panel: read once, in words, with the way to the mend."""
