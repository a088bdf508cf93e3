"""Assets: one module for each operation, the model, the records and the objects."""
