// Random graphs of ops, loops among them, as compiled code: for several numbers of rows, the results are those of the
// reference interpreter. The seeds are fixed, so a failure can be looked at again.
#include "mlir/IR/Verifier.h"
#include "test/unit/passes/RandomFunction.h"
#include "tools/bmc/Driver.h"
#include "llvm/Support/FileSystem.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace bmc;
using namespace bmc::bm;
using namespace bmc::test;

namespace {

// Makes a function a program's: static arguments are variables, open ones inputs, and the description names them.
void describeProgram(ModuleOp module) {
  auto function = *module.getOps<func::FuncOp>().begin();
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToStart(module.getBody());
  SmallVector<Attribute> fields;
  llvm::DenseMap<Attribute, Attribute> variables; // by the names that the function's donations have
  for (unsigned number = 0; number < function.getNumArguments(); ++number) {
    auto type = cast<RankedTensorType>(function.getArgumentTypes()[number]);
    std::string name = "v" + std::to_string(number);
    Attribute donation = function.removeArgAttr(number, "bm.variable");
    if (type.hasStaticShape()) {
      VariableOp::create(builder, builder.getUnknownLoc(), name, "parameter", false, type);
      auto symbol = FlatSymbolRefAttr::get(module.getContext(), name);
      function.setArgAttr(number, "bm.variable", symbol);
      if (donation)
        variables[donation] = symbol;
      continue;
    }
    function.setArgAttr(number, "bm.role", builder.getStringAttr("input"));
    function.setArgAttr(number, "bm.name", builder.getStringAttr(name));
    auto row = RankedTensorType::get(type.getShape().drop_front(), type.getElementType());
    auto field = [&](StringRef key, Attribute value) { return builder.getNamedAttr(key, value); };
    fields.push_back(builder.getDictionaryAttr(
        {field("name", builder.getStringAttr(name)), field("type", TypeAttr::get(row)),
         field("encoding", builder.getStringAttr("numbers")), field("columns", builder.getDenseI64ArrayAttr({})),
         field("classes", builder.getI64IntegerAttr(0)), field("is_input", builder.getBoolAttr(true))}));
  }
  for (unsigned number = 0; number < function.getNumResults(); ++number) {
    Attribute variable = variables.lookup(function.removeResultAttr(number, builder.getStringAttr("bm.variable")));
    if (variable)
      function.setResultAttr(number, "bm.variable", variable);
    else
      function.setResultAttr(number, "bm.role", builder.getStringAttr("output"));
  }
  function.setName("train");
  auto text = [&](StringRef key) { return builder.getNamedAttr(key, builder.getStringAttr("random")); };
  module->setAttr("bm.program",
                  builder.getDictionaryAttr({text("name"), text("source"), text("architecture"),
                                             builder.getNamedAttr("fields", builder.getArrayAttr(fields))}));
}

struct RandomProgram : testing::TestWithParam<unsigned> {};

TEST_P(RandomProgram, ComputesWhatTheInterpreterDoes) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<BmDialect, func::FuncDialect>();
  auto module = RandomFunction(&context, GetParam()).make(12 + GetParam() % 15);
  (*module)->removeAttr("bm.target");
  describeProgram(*module);
  ASSERT_TRUE(succeeded(verify(*module)));
  SmallString<128> path;
  int descriptor;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("random", "mlir", descriptor, path));
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << *module;
  Options options;
  options.input = path.str().str();
  options.hasCache = false;
  options.selftest = false;
  options.check = true;
  EXPECT_EQ(bmc::compile(options), ExitDone);
  llvm::sys::fs::remove(path);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomProgram, testing::Range(2000u, 2024u));

} // namespace
