// The elementary functions that small models have instead of a mathematical library. `library.cpp` gives them the names
// that compiled code calls.
#ifndef BMC_SMALL_ELEMENTARY_H
#define BMC_SMALL_ELEMENTARY_H

namespace bmc::small {

double floor(double x);
double exp(double x);
double expm1(double x);
double log(double x);
double log1p(double x);
double tanh(double x);
double erf(double x);
double pow(double x, double y);
double sin(double x);
double cos(double x);

} // namespace bmc::small

#endif
