"""All that knows boto3: clients, tables, and AWS's failures as the service's own."""
