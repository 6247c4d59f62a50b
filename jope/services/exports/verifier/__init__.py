"""What travels in every bundle: the verifier for a bare Python, and the page that verifies in a browser."""
