"""The bundle: all that a finding rests on, for somebody who has nothing else.

``container``  a folder or a zip, its manifest, and whether a byte of it was changed
``plain``      frozen types <-> plain JSON without loss
``prints``     fingerprints as arrays and a film
``contents``   what goes into a bundle
``recompute``  the numbers again, in workers: scores, fingerprints, hashes
``verify``     what of a bundle holds and what does not
"""
