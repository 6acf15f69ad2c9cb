"""Federated training: sites keep their images, and a server averages what their networks learned.

McMahan et al., AISTATS 2017, arXiv 1602.05629 (FedAvg).
"""
