"""What `sam local` needs of Docker: an engine, images, a way back to this machine."""
