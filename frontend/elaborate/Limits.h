// The limits that Limits.cpp and its callers hold a model to.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bmc::frontend {

inline constexpr uint64_t mostSteps = 2'000'000;    // expressions, statements, elements of lists
inline constexpr uint64_t mostOperations = 300'000; // of all functions of the program together
inline constexpr unsigned mostVariables = 20'000;   // parameters and buffers
inline constexpr double mostElements = 1e11;        // of one tensor, as far as its extents are known
inline constexpr int64_t mostRowValues = 4'000'000; // of an input
inline constexpr size_t mostDimensions = 16;        // of one tensor
inline constexpr unsigned mostFactors = 256;        // in the terms of one dimension
inline constexpr unsigned deepestCalls = 64;
inline constexpr unsigned deepestEvaluation = 1500; // expressions and statements in each other, over all calls
inline constexpr unsigned deepestValue = 100;       // lists, records and layers in each other

} // namespace bmc::frontend
