"""Fits the polynomials of Exponential.cpp, Elementary.cpp, Gelu.cpp, Angles.cpp and Power.cpp, and prints their
coefficients, highest power first.

Needs NumPy, SciPy and mpmath:  python codegen/halide/coefficients.py [NAME]...

Each fit is the best one by Lawson's method: weighted least squares whose weights grow where the error is large, until
the largest error, counted in the result that the polynomial is for, is as small as it gets. Coefficients of single
precision are then moved by single units in the last place as long as that makes the error smaller: rounded one by one
they would be several times as bad.
"""

import itertools
import sys

import mpmath
import numpy
from numpy.polynomial import chebyshev, polynomial
from scipy import special

ROUNDS = 300
NODES = numpy.cos(numpy.pi * (numpy.arange(2000) + 0.5) / 2000)
UNIT = 2.0**-24
LOG2 = float(numpy.log(2))


def exactly(function, limit):
    """Of an array, in many digits, since near 0 a formula may lose them; `limit` is the value at 0."""

    def values(v):
        return numpy.array([float(function(mpmath.mpf(x))) if x else limit for x in v])

    return values


def best_polynomial(low, high, degree, function, weight):
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
    return shifted(line).coef[::-1], lambda powers: numpy.abs(weights * (numpy.polyval(powers, v) - wanted)).max()


def best_quotient(high, upper, lower, function):
    """Coefficients of two polynomials in v, 0 <= v <= high, the second one's first 1, whose quotient is near `function`
    by the relative error; by least squares of the equation between them, each time with the last divisor as a weight."""
    v = high * ((NODES + 1) / 2) ** 2
    wanted, divisor, emphasis, best = function(v), (v + 2) ** lower, numpy.ones_like(v), numpy.inf
    powers = numpy.vander(v, max(upper, lower) + 1)
    for _ in range(ROUNDS):
        basis = numpy.concatenate([powers[:, -upper - 1 :], -wanted[:, None] * powers[:, -lower:]], axis=1)
        scale = numpy.sqrt(emphasis) / (wanted * divisor)
        rows = basis * scale[:, None]
        size = numpy.linalg.norm(rows, axis=0)
        found = numpy.linalg.lstsq(rows / size, wanted * v**lower * scale, rcond=1e-18)[0] / size
        quotient = found[: upper + 1], numpy.append(1, found[upper + 1 :])
        divisor = numpy.polyval(quotient[1], v)
        errors = numpy.abs(numpy.polyval(quotient[0], v) / divisor / wanted - 1)
        if errors.max() < best:
            best, coefficients = errors.max(), quotient
        emphasis = emphasis * (errors / errors.max() + 1e-6)
        emphasis /= emphasis.mean()
    return coefficients


def rounded(coefficients, error):
    """In single precision: one or two are moved at a time."""
    single = numpy.array(coefficients, numpy.float32)
    places = range(len(single))
    moves = [m for m in itertools.product(places, (-1, 1), places, (-1, 0, 1)) if m[0] >= m[2]]
    best, improves = error(single.astype(float)), True
    while improves:
        improves = False
        for i, up, j, also in moves:
            tried = single.copy()
            tried[i] = numpy.nextafter(tried[i], numpy.float32(up * numpy.inf))
            if also:
                tried[j] = numpy.nextafter(tried[j], numpy.float32(also * numpy.inf))
            if (found := error(tried.astype(float))) < best:
                single, best, improves = tried, found, True
    return single, best


def show(name, coefficients, error, digits=9):
    print(f"{name}: {error / UNIT:.2g} units in the last place")
    print("  " + ", ".join(f"{value:.{digits}g}" for value in coefficients), flush=True)


def fit(name, low, high, degree, function, weight):
    coefficients, error = best_polynomial(low, high, degree, function, weight)
    show(name, *rounded(coefficients, error))


def exponentials():
    # e^x = 1 + x + x^2 P(x) for rests of both steps; where 1 is taken off again x has to keep its digits.
    beyond_line = exactly(lambda x: (mpmath.expm1(x) - x) / x**2, 0.5)
    short, long = LOG2 / 2 * 1.001, LOG2 * 1.0005
    fit("e^x - 1, short", -short, short, 4, beyond_line, lambda x: numpy.abs(x * x / numpy.expm1(x)))
    fit("e^x - 1, long", -long, long, 6, beyond_line, lambda x: numpy.abs(x * x / numpy.expm1(x)))
    fit("e^x, long", -long, long, 5, beyond_line, lambda x: x * x / numpy.exp(x))
    # erf(x) = 1 - exp(x P(x) - x)
    rate = lambda x: numpy.log(special.erfc(x)) / x + 1  # noqa: E731
    fit("erf", 1e-4, 3.93, 7, rate, lambda x: special.erfc(x) * x / special.erf(x))


def gelu():
    # With M(a) = exp(a^2 / 2) times the share of a normal distribution above a: a M(a) = s P(s - 0.375) with
    # s = a / (a + 3) up to 14.6.
    share = lambda a: special.erfcx(a * numpy.sqrt(0.5)) / 2  # noqa: E731
    smooth = lambda v: share(3 * (v + 0.375) / (0.625 - v)) * 3 / (0.625 - v)  # noqa: E731
    fit("gelu", -0.375, 14.6 / (14.6 + 3) - 0.375, 10, smooth, lambda v: 1 / smooth(v))
    # And up to 4 it is P / (L P + Q) with a line L.
    upper, lower = best_quotient(4.0, 3, 4, share)
    line, rest = numpy.polydiv(lower, upper)
    a = 4 * ((NODES[::4] + 1) / 2) ** 2

    def error(all):
        p, q = numpy.polyval(numpy.append(1, all[5:]), a), numpy.polyval(all[2:5], a)
        return numpy.abs(share(a) * (numpy.polyval(all[:2], a) + q / p) - 1).max()

    start = numpy.concatenate([line * upper[0], rest, upper[1:]]) / upper[0]
    start[:2] = line
    found, _ = rounded(start, error)
    line, q, p = found[:2], found[2:5], numpy.append(numpy.float32(1), found[5:])
    # P and Q may be multiplied by any number, which decides where the steps between them round up or down.
    floats = numpy.arange(*numpy.array([2.0**-12, 4], numpy.float32).view(numpy.int32), 7).view(numpy.float32)
    scaled = lambda scale: (line, (q * scale).astype(numpy.float32), (p * scale).astype(numpy.float32))  # noqa: E731
    units = {scale: gelu_units(floats, *scaled(scale)) for scale in 2 ** (numpy.arange(64) / 64)}
    best = min(units, key=units.get)
    print(f"gelu up to 4: {units[best]:.2f} units of the result's last place, rounding included")
    for name, coefficients in zip("LQP", scaled(best)):
        print(f"  {name}: " + ", ".join(f"{value:.9g}" for value in coefficients), flush=True)


def fused(x, y, z):
    """x * y + z, rounded once (but for rare halves, since doubles round too)."""
    return (x.astype(float) * y + z).astype(numpy.float32)


def horner(a, coefficients):
    sum = numpy.full_like(a, coefficients[0])
    for coefficient in coefficients[1:]:
        sum = fused(sum, a, coefficient)
    return sum


def gelu_units(floats, line, q, p):
    """The largest error of geluBelowFour in Gelu.cpp, all of whose steps round as there, but for the exponential's."""
    worst = 0
    for a in numpy.array_split(floats, len(floats) // 1_000_000 + 1):
        density = numpy.exp(-0.5 * a.astype(float) ** 2)
        numerator, divisor = horner(a, p), horner(a, line)
        smooth = a * numerator / fused(divisor, numerator, horner(a, q))
        wanted = a * special.erfc(a * numpy.sqrt(0.5)) / 2
        found = (smooth.astype(float) * density).astype(numpy.float32)
        units = numpy.abs(found - wanted) / numpy.spacing(wanted.astype(numpy.float32))
        worst = max(worst, units.max())
    return worst


def angles():
    # sin x = x + x^3 S(x^2) and cos x = 1 - x^2 / 2 + x^4 C(x^2) within an eighth of a turn.
    limit = (numpy.pi / 4 * 1.002) ** 2
    sine = exactly(lambda u: (mpmath.sin(mpmath.sqrt(u)) / mpmath.sqrt(u) - 1) / u, -1 / 6)
    fit("sin", 0, limit, 2, sine, lambda u: u / numpy.sinc(numpy.sqrt(u) / numpy.pi))
    cosine = exactly(lambda u: (mpmath.cos(mpmath.sqrt(u)) - 1 + u / 2) / u**2, 1 / 24)
    fit("cos", 0, limit, 2, cosine, lambda u: u * u / numpy.cos(numpy.sqrt(u)))


def powers():
    # log2(1 + x) = x P(x), in double precision, and 2^x = 1 + x P(x).
    logarithm = exactly(lambda x: mpmath.log1p(x) / mpmath.log(2) / x, 1 / LOG2)
    coefficients, error = best_polynomial(2**-0.5 - 1 - 1e-6, 2**0.5 - 1 + 1e-6, 12, logarithm, numpy.ones_like)
    show("log2", coefficients, error(coefficients), 17)
    power = exactly(lambda x: (mpmath.power(2, x) - 1) / x, LOG2)
    fit("2^x", -1.0005, 1.0005, 6, power, lambda x: numpy.abs(x) / 2**x)


def main():
    mpmath.mp.dps = 40
    for group in (exponentials, gelu, angles, powers):
        if not sys.argv[1:] or group.__name__ in sys.argv[1:]:
            group()


if __name__ == "__main__":
    main()
