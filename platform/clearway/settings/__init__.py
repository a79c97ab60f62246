"""One module per way to run: `embedded` (one command, no services) and `production`; `base` is what they share."""
