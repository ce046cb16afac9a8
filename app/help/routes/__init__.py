"""Operations of the help desk: of those who ask, and of those who answer."""
