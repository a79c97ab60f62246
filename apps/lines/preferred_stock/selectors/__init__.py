"""What preferred stock reads: files, claims, figures."""
