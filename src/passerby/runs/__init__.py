"""What commands run: many inputs, one after the other, and a record of what became of them."""
