"""Rules of footprints: which factor counts, and what follows from it. They know neither database nor clock."""
