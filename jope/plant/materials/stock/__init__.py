"""What is on stock: amounts and movements."""
