"""HTTP as the listeners of this machine read and write it."""
