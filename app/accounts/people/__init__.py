"""What administrators see of people and do with them."""
