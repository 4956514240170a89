"""Faults that such a product often has, planted one at a time: each must be found by its proof."""
