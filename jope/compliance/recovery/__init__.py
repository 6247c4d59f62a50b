"""When nobody who could unlock can sign in: two people with sealed codes open their own accounts again."""
