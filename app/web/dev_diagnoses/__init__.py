"""Every diagnosis on its real page, for translators and pictures; in development only."""
