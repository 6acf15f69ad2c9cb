"""How useful pictures and signatures still are."""
