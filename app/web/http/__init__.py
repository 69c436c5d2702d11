"""What goes over the line: heads, cookies, bodies that come in, answers that are no page."""
