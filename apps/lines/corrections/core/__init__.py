"""What differs between what was posted and what the file says now, and the postings that make it good. Pure."""
