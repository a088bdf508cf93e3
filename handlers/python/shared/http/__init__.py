"""From an event of API Gateway (payload format 2.0) to a call, and back again."""
