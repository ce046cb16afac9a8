"""What members of staff do for residents at a desk: find a person, recover a lost number, enter for somebody without a telephone."""
