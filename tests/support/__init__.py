"""What tests share: builders, fixtures, proxies."""
