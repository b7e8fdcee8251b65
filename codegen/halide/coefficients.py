"""Fits the polynomials of erf and gelu in Elementary.cpp and prints their coefficients, highest power first.

Needs NumPy and SciPy:  python codegen/halide/coefficients.py
Each fit is the best one by Lawson's method: weighted least squares whose weights grow where the error is large, until
the largest error, counted in the result that the polynomial is for, is as small as it gets.
"""

import numpy
from numpy.polynomial import chebyshev, polynomial
from scipy import special

ROUNDS = 300
NODES = numpy.cos(numpy.pi * (numpy.arange(4000) + 0.5) / 4000)


def fit(name, low, high, degree, function, weight):
    """A polynomial in v, low <= v <= high, near `function`; an error is multiplied by `weight` before it counts."""
    v = (NODES + 1) / 2 * (high - low) + low
    basis, wanted, weights, emphasis = chebyshev.chebvander(NODES, degree), function(v), weight(v), numpy.ones_like(v)
    best = numpy.inf
    for _ in range(ROUNDS):
        scale = numpy.sqrt(emphasis) * weights
        found = numpy.linalg.lstsq(basis * scale[:, None], wanted * scale, rcond=None)[0]
        errors = numpy.abs(weights * (basis @ found - wanted))
        if errors.max() < best:
            best, coefficients = errors.max(), found
        emphasis = emphasis * errors
        emphasis /= emphasis.mean()
    shifted = polynomial.Polynomial(chebyshev.cheb2poly(coefficients))
    line = polynomial.Polynomial([-(high + low) / (high - low), 2 / (high - low)])
    powers = shifted(line).coef[::-1]
    print(f"{name}: {best * 2**24:.2g} units in the last place")
    print("  " + ", ".join(f"{value:.10e}" for value in powers))


def main():
    # erf(x) = x P(x^2) up to 0.9, and 1 - exp(-x P(x)) from there to 4, where it is 1.
    series = lambda square: special.erf(numpy.sqrt(square)) / numpy.sqrt(square)  # noqa: E731
    fit("erf, small", 1e-9, 0.9**2, 5, series, lambda square: 1 / series(square))
    rate = lambda x: -numpy.log(special.erfc(x)) / x  # noqa: E731
    fit("erf, large", 0.9, 4, 5, rate, lambda x: special.erfc(x) * x / special.erf(x))
    # x times the share of a normal distribution above x is exp(-x^2 / 2) s P(s - 0.375) with s = x / (x + 3), for
    # 0 <= x < 14.6.
    above = lambda v: special.erfcx(3 * (v + 0.375) / (0.625 - v) * numpy.sqrt(0.5)) * 1.5 / (0.625 - v)  # noqa: E731
    fit("gelu", -0.375, 14.6 / (14.6 + 3) - 0.375, 10, above, lambda v: 1 / above(v))


if __name__ == "__main__":
    main()
