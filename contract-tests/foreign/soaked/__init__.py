"""The parts of `soak.py`: the processes and their faults, who asks, and what a right answer is."""
