"""The Docker parts of `sam local`: an engine, images, a relay to this machine."""
