"""The tables and plots of docs/scale.md, written from the model."""
