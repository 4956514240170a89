"""Addresses, phone, card and insurance numbers go from texts of six countries; prices stay."""
