"""One small class for each resource of the API; :class:`exchange.client.ExchangeClient` puts them together."""
