"""What an auditor needs: the journal as a file, and the whole market made again from it by another process."""
