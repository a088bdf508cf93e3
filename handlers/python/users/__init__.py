"""Users: one module for each operation, the model, and the store in DynamoDB."""
