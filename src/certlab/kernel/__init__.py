"""Configuration files of Jupyter kernels; IPython reads them, nothing imports them."""
