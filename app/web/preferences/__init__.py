"""Language and theme: what a person chose with a switch, remembered by the browser."""
