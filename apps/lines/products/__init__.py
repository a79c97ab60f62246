"""Which class of the product tree a product is in, decided by tables with effective dates."""
