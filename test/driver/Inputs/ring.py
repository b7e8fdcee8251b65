"""`latent`: writes rows of four normal numbers. `check FILE`: counts the clouds of examples/data/ring.csv that points are
drawn from; 8 in 10 must be within 0.2 of a centre, and no cloud may have less than a quarter of its share."""

import sys

import numpy

if sys.argv[1] == "latent":
    numpy.savetxt(sys.stdout, numpy.random.default_rng(3).standard_normal((400, 4)), delimiter=",", fmt="%.5f")
else:
    points = numpy.loadtxt(sys.argv[2], delimiter=",")
    turns = numpy.arange(8) * numpy.pi / 4
    distances = numpy.linalg.norm(points[:, None] - numpy.stack([numpy.cos(turns), numpy.sin(turns)], 1), axis=2)
    shares = numpy.bincount(distances.argmin(1), minlength=8) / len(points)
    near = (distances.min(1) < 0.2).mean()
    assert near >= 0.8, near
    print((shares > 1 / 32).sum(), "clouds,", near, "near a centre")
