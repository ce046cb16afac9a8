"""Use cases of credits, by subject: projects, issuance, prices; reserving, moving and retiring kilograms; reading."""
