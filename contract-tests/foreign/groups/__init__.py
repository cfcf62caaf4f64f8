"""What `targets.py` is made of. Standard library only; nothing here is shared with the product, and nothing was taken from its adapters."""
