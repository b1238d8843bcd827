"""The market made again from its journal: by recovery, by the auditor's replay, by another process, from a file."""
