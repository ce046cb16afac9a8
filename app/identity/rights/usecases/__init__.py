"""What is done for a resident's rights: a copy asked for, built and fetched; an erasure asked for, called off, carried out."""
