// The passes from the frontend's module to the plan that code is made from. Pipeline.cpp puts them in order.
#ifndef BMC_PASSES
#define BMC_PASSES

include "mlir/Pass/PassBase.td"

class Bmc_Pass<string name> : Pass<name, "::mlir::ModuleOp"> {
  let dependentDialects = ["::bmc::bm::BmDialect", "::mlir::func::FuncDialect"];
}

def BindRows : Bmc_Pass<"bm-bind-rows"> {
  let summary = "give the rows of each function's inputs a number";
  let description = [{
    Needs: the frontend's module.
    Leaves: the same functions with all sizes static. A size that is not one of rows must be bound already.
  }];
  let options = [
    Option<"batch", "batch", "int64_t", "0", "rows of a training step and of an evaluation; 0: the model file's batch">,
    Option<"rows", "rows", "int64_t", "1", "rows of a prediction">,
  ];
}

def Differentiate : Bmc_Pass<"bm-differentiate"> {
  let summary = "replace each bm.grad by the ops that compute its gradients";
  let description = [{
    Needs: straight-line functions; every float op between a value of a `grad` and its scalar has a gradient rule.
    Leaves: no `grad`, and no `checkpoint`, which has no meaning any more.
  }];
}

def Simplify : Bmc_Pass<"bm-simplify"> {
  let summary = "fold constants, merge equal values, do scalar work once, drop what nobody reads";
  let description = [{
    Needs: no `grad` (a gradient must see `stop_gradient`, which is dropped here).
    Leaves: the same results, bit for bit, but for the sums of repeated values, which become one product, and those over
    all steps of a loop, which are added up behind it. Nothing that is the same in each step is computed in a loop.
  }];
}

def Layout : Bmc_Pass<"bm-layout"> {
  let summary = "lay the operands of products out as they are read";
  let description = [{
    Needs: simplified functions, in which products have taken transposes in.
    Leaves: operands in panels, made in front of the products, and loops, that read them often; weights that a function
    only reads, made by `@prepare`, as variables of the role `packed`.
  }];
  let options = [
    Option<"packedBytes", "packed-bytes", "int64_t", "4 * 1024 * 1024",
           "the most bytes of weights that are packed ahead of time; none are where it would be more">,
  ];
}

def SplitSums : Bmc_Pass<"bm-split-sums"> {
  let summary = "cut sums that are too long for the few that there are";
  let description = [{
    Needs: simplified functions, and `bm.target` on the module.
    Leaves: for a target with a device, products of few elements and a long inner axis as products of its slices and their
    sum, and reductions to few elements in two steps; for a processor, reductions of long rows to one number in two
    steps.
  }];
}

def Fuse : Bmc_Pass<"bm-fuse"> {
  let summary = "group ops into kernels";
  let description = [{
    Needs: functions of ops that have an access pattern; no calls, no `grad`.
    Leaves: functions whose bodies are kernels, constants, reshapes (views), loops of such and the return.
  }];
  let options = [
    Option<"merges", "merges", "bool", "true", "whether a kernel may hold more than one op (and what is cheap)">,
    Option<"reasons", "reasons", "bool", "false", "note on each kernel and loop why it is apart from what computes its operands (bm.apart)">,
  ];
}

def ShareKernels : Bmc_Pass<"bm-share-kernels"> {
  let summary = "make small kernels that differ only in numbers equal";
  let description = [{
    Needs: kernels without schedules.
    Leaves: the numbers in which such kernels differ as constants in front of them.
  }];
}

def ApplyTuning : Bmc_Pass<"bm-apply-tuning"> {
  let summary = "give kernels the schedules that were measured to be faster than the model's";
  let description = [{
    Needs: kernels, and `bm.target` on the module. A kernel that has a schedule keeps it.
    Leaves: a schedule and `bm.tuned` on each kernel that a record of this processor is for; the same results, bit for bit.
  }];
  let options = [
    Option<"records", "records", "std::string", /*default=*/"", "the file that `bmc --tune` wrote">,
  ];
}

def Schedule : Bmc_Pass<"bm-schedule"> {
  let summary = "choose how each kernel runs on the target";
  let description = [{
    Needs: kernels, and `bm.target` on the module. A kernel that has a schedule keeps it.
    Leaves: a schedule on each kernel.
  }];
  let options = [
    Option<"plain", "plain", "bool", "false", "plain loops for every kernel: no vectors, tiles or threads">,
  ];
}

def PlanMemory : Bmc_Pass<"bm-plan-memory"> {
  let summary = "give each value of a function a buffer";
  let description = [{
    Needs: scheduled kernels.
    Leaves: `buffers` and `in_place` on each kernel, `buffers` on each loop, `bm.arena` on each function, kernels in an
    order in which donated arguments and carried values are read before they are overwritten; copying kernels where a
    result would not be written by a kernel.
  }];
}

def Serialize : Bmc_Pass<"bm-serialize"> {
  let summary = "take the threads out of all schedules";
  let description = [{
    Needs: scheduled kernels.
    Leaves: the same schedules without parallel loops. Results stay the same, bit for bit.
  }];
}

#endif // BMC_PASSES
