"""The rules behind the gates. Each is a pure function over a project: sources in, findings out."""
