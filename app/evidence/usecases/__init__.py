"""What is done with files: receive one, bind it to its subject, open it through a short link, let go of the unbound."""
