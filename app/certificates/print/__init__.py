"""A certificate as files: the signed bytes as they are, and the PDF that is made of them once and stays as it was."""
