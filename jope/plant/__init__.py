"""Production: devices, materials, recipes, weighing, batches."""
