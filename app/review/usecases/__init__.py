"""What is done with cases: open, hand in again and take back one; list, read and decide."""
