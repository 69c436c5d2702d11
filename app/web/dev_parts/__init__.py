"""Every part of the pages on one page, in every state; for those who build pages."""
