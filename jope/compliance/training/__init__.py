"""Training: versions of operating procedures, what they are required for, who was trained on which, and the gate before actions and signatures."""
