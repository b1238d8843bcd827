"""Units: issuances as registries recorded them, lots of them admitted here, parcels of lots and who holds them."""
