// The cases of test/golden/library, and models whose functions the reference interpreter runs on them.
#pragma once

#include "dialects/reference/Interpreter.h"
#include "frontend/Frontend.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

#include <cmath>
#include <gtest/gtest.h>
#include <map>

namespace golden {

template <class T> using Tensor = bmc::bm::ReferenceTensor<T>;
template <class T> using Tensors = std::map<std::string, Tensor<T>>;

/// The cases of a group, each an object.
llvm::json::Array cases(const std::string &group);

template <class T> Tensor<T> tensorOf(const llvm::json::Object &object);

/// The tensor's type in the model language, with its floats as `real`: `f32[3, 5]`.
std::string typeOf(const llvm::json::Object &object, const std::string &real);

/// The members of an object that are tensors, by name.
std::map<std::string, const llvm::json::Object *> tensorsOf(const llvm::json::Object &object);

/// Compares with `expected`; NaN and infinities must be the same.
template <class T>
void expectNear(const Tensor<T> &found, const llvm::json::Object &expected, double tolerance, const std::string &what);

/// A model text, compiled and differentiated.
class Model {
public:
  explicit Model(const std::string &text);

  mlir::func::FuncOp function(const std::string &name);

  /// Runs a function; `given` has the values of variables and inputs by name, what is not there begins as zeros. Step
  /// and numbers of the optimizer are set.
  template <class T> std::vector<Tensor<T>> run(const std::string &name, const Tensors<T> &given, int step = 1);

  /// Runs `@train` and puts the new variables into `variables`; gives the loss.
  template <class T> double train(Tensors<T> &variables, int step);

  mlir::OwningOpRef<mlir::ModuleOp> module;

private:
  template <class T> Tensor<T> argument(mlir::func::FuncOp function, unsigned index, const Tensors<T> &given, int step);

  static mlir::MLIRContext &context();
};

} // namespace golden
