"""What administrators must know: judged, written down, told on pages and by webhook."""
