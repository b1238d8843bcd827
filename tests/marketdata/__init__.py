"""Market data: what is published is what happened, to everybody who may know it and to nobody else."""
