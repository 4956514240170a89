"""What a browser shows: pages rendered here, readable on a phone, working without JavaScript."""
