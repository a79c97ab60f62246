"""How tickets are likened to each other: no database."""
