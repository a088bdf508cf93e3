"""What is measured: processes, their times, their memory, their instructions."""
