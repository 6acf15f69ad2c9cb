"""The thin edge between a federation and Flower, which carries its messages; decision 26.

Sites run their own code: nothing that a server sends is executed.
"""

import logging
import os

os.environ["FLWR_TELEMETRY_ENABLED"] = "0"  # read when Flower is imported
for _name in ("flwr", "uvicorn.error"):  # they tell of every request
    logging.getLogger(_name).disabled = True
