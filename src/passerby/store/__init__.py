"""Where a site keeps what its cameras saw: anonymized pictures and signatures, encrypted."""
