"""The code around boto3: clients, tables, and AWS's errors as the service's own."""
