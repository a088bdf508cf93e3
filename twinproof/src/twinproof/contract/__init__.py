"""The documents of a contract folder: OpenAPI, schemas, rules, statements."""
