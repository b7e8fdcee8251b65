// Kernels that are scheduled in many ways, on the processor and on devices.
#ifndef BMC_TEST_UNIT_CODEGEN_SCHEDULED_CASES_H
#define BMC_TEST_UNIT_CODEGEN_SCHEDULED_CASES_H

#include "KernelRunner.h"

namespace bmc::test {

inline std::string schedule(const std::string &parameters) { return "schedule #bm.schedule<" + parameters + ">"; }

inline const std::string plain = schedule("plain");

// lhs[N, K] rhs[K, C] in all transpositions, with what follows in the tile.
inline Case product(const std::string &name, const std::string &element, bool transposeLhs, bool transposeRhs,
                    const std::string &columns, const std::string &inner, std::vector<std::string> clauses,
                    Data data = Data::Plain) {
  auto matrix = [&](const std::string &rows, const std::string &cols) {
    auto extent = [](const std::string &dim) { return isdigit(dim[0]) ? dim : "?"; };
    std::string type = "tensor<" + extent(rows) + "x" + extent(cols) + "x" + element;
    return isdigit(rows[0]) && isdigit(cols[0]) ? type + ">" : type + ", D<" + rows + ", " + cols + ">>";
  };
  std::string lhs = transposeLhs ? matrix(inner, "N") : matrix("N", inner);
  std::string rhs = transposeRhs ? matrix(columns, inner) : matrix(inner, columns), result = matrix("N", columns);
  std::string bias =
      isdigit(columns[0]) ? "tensor<" + columns + "x" + element + ">" : "tensor<?x" + element + ", D<" + columns + ">>";
  std::string zero = "tensor<" + element + ">";
  return {name,
          "%a : " + lhs + ", %b : " + rhs + ", %c : " + bias,
          result,
          "  %p = bm.matmul %a" + std::string(transposeLhs ? " transposed" : "") + ", %b" +
              (transposeRhs ? " transposed" : "") + " : " + lhs + ", " + rhs +
              "\n  %d = bm.broadcast %c, [1] : " + bias + " to " + result + "\n  %s = bm.add %p, %d : " + result +
              "\n  %z = bm.constant dense<0.0> : " + zero + "\n  %y = bm.broadcast %z, [] : " + zero + " to " + result +
              "\n  %r = bm.max %s, %y : " + result + "\n  bm.yield %r : " + result,
          clauses,
          data,
          element == "f32" ? 2e-5 : 1e-13};
}

// lhs[N, K] rhs[K, C] by slices of K, in all transpositions; K and the slices as texts.
inline Case slicedProduct(const std::string &name, bool transposeLhs, bool transposeRhs, const std::string &inner,
                          int length, std::vector<std::string> clauses) {
  bool isOpen = !isdigit(inner[0]);
  auto matrix = [&](bool isTransposed, const std::string &outer, bool innerIsSecond) {
    bool innerIsLast = isTransposed != innerIsSecond;
    std::string first = innerIsLast ? outer : inner, second = innerIsLast ? inner : outer;
    auto extent = [&](const std::string &dim) { return isdigit(dim[0]) ? dim : "?"; };
    std::string type = "tensor<" + extent(first) + "x" + extent(second) + "xf32";
    return isOpen ? type + ", D<" + first + ", " + second + ">>" : type + ">";
  };
  std::string lhs = matrix(transposeLhs, "70", true), rhs = matrix(transposeRhs, "68", false);
  std::string slices = std::to_string(length);
  std::string result = isOpen ? "tensor<?x70x68xf32, D<\"floordiv(" + inner + "+" + std::to_string(length - 1) + "," +
                                    slices + ")\", 70, 68>>"
                              : "tensor<" + std::to_string((std::stoi(inner) + length - 1) / length) + "x70x68xf32>";
  return {name,
          "%a : " + lhs + ", %b : " + rhs,
          result,
          "  %p = bm.sliced_matmul %a" + std::string(transposeLhs ? " transposed" : "") + ", %b" +
              (transposeRhs ? " transposed" : "") + " by " + slices + " : " + lhs + ", " + rhs +
              "\n  bm.yield %p : " + result,
          std::move(clauses),
          Data::Plain,
          2e-5};
}

// Softmax over rows: two reductions of one row, the second of what the first gives.
inline Case softmax(const std::string &columns, const std::string &name, Data data, std::vector<std::string> clauses) {
  std::string extent = isdigit(columns[0]) ? columns : "?";
  std::string x = "tensor<?x" + extent + "xf32, D<N, " + columns + ">>", row = "tensor<?xf32, D<N>>";
  return {name,
          "%x : " + x,
          x,
          "  %m = bm.reduce_max %x, [1] : " + x + "\n  %b = bm.broadcast %m, [0] : " + row + " to " + x +
              "\n  %d = bm.sub %x, %b : " + x + "\n  %e = bm.exp %d : " + x + "\n  %s = bm.reduce_sum %e, [1] : " + x +
              "\n  %t = bm.broadcast %s, [0] : " + row + " to " + x + "\n  %y = bm.div %e, %t : " + x +
              "\n  bm.yield %y : " + x,
          clauses,
          data,
          1e-5};
}

// A sum along rows whose terms are all the same number: added as often as there are some.
inline Case sumsOfRepeatedNumbers(const std::string &columns, std::vector<std::string> clauses) {
  const std::string x = "tensor<?xf32, D<N>>", y = "tensor<?x" + columns + "xf32, D<N, " + columns + ">>";
  return {"rows",
          "%x : " + x,
          x,
          "  %b = bm.broadcast %x, [0] : " + x + " to " + y + "\n  %s = bm.reduce_sum %b, [1] : " + y +
              "\n  bm.yield %s : " + x,
          clauses,
          Data::Plain,
          1e-5};
}

} // namespace bmc::test

#endif
