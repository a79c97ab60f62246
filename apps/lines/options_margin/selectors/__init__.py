"""What is read of options margin: the files of a day, accounts, breaks, figures."""
