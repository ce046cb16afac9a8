"""What happens to certificates: drafted, signed, revoked, shown and hidden by their holders, checked by anybody."""
