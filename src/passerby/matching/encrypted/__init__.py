"""Matching under encryption: who asks hides the signature, who answers hides the gallery."""
