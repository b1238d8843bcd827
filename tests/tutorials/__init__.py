"""The tutorials, typed as their readers type them. The Chinese pages have the same blocks, which tests/docs sees to."""
