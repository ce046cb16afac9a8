"""What buyers, the payment and the worker do with offsets, one file a subject."""
