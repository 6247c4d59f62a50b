"""Device drivers. The only package that may import a device protocol."""
