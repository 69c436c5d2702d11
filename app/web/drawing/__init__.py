"""What every page is drawn with: addresses, files, marks, sentences with markup in them."""
