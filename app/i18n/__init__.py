"""Languages: which there are, and how each writes numbers, dates and names."""
