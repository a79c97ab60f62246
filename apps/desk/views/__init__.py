"""Pages of the desk. A view parses, calls one action or selector, and answers."""
