"""The Qt client. The only package that may import PySide6."""
