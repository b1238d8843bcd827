"""The resources of the API, one file each: the models of what goes in and out, and the operations on them."""
