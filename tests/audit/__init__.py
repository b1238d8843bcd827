"""The audit of double counting: what is right has no findings, and each thing that is wrong is found by its check."""
