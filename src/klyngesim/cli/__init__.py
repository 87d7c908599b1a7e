"""The commands: arguments, progress and exit codes, nothing else."""
