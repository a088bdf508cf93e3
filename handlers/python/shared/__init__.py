"""What both functions share; it knows neither users nor assets."""
