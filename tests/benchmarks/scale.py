"""How the product scales: 5,000 clips among themselves, a query against 1,000 hours. Not yet.

The distractors' fingerprints will be synthetic, drawn like real ones, with hot frames.
"""
