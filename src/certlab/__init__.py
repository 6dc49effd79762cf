"""CertLab."""
