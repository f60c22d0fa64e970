"""What was measured: the files of a run as typed objects, and how they are named."""
