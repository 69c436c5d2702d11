"""What programs look for under fixed names: whom to tell of a weakness, where passwords change."""
