"""The built service, deployed to the local cloud by the real SAM CLI."""
