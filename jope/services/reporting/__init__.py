"""PDFs and labels."""
