// The bm dialect: its name, its attributes and the types its ops take. Ops are in dialects/ops, one file a family.
#ifndef BMC_DIALECTS_BM_BASE
#define BMC_DIALECTS_BM_BASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/TensorEncoding.td"

def Bm_Dialect : Dialect {
  let name = "bm";
  let cppNamespace = "::bmc::bm";
  let summary = "networks, losses and optimizers as operations on tensors";
  let description = [{
    Everything is a value and pure: parameters, optimizer state and running statistics go into a function and come out of
    it, random ops take an explicit key. Tensors are MLIR's ranked tensors of f32, f64, i32, i64 and i1. A dimension that
    is not known at compile time is `?`, and the type's encoding `#bm.dims` names it, so that two `?` can be compared.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

class Bm_Attr<string name, string attrMnemonic, list<Trait> traits = []> : AttrDef<Bm_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def Bm_DimsAttr : Bm_Attr<"Dims", "dims", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "the names of a tensor's symbolic dimensions";
  let description = [{
    One entry a dimension: a number where it is static, else a polynomial in symbols as `SymbolicDim` prints it.
    `tensor<?x3x?xf32, #bm.dims<N, 3, "2*N">>`. A tensor whose dimensions are all static has no encoding.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::StringAttr">:$names);
  let hasCustomAssemblyFormat = 1;
}

def Bm_ScheduleAttr : Bm_Attr<"Schedule", "schedule"> {
  let summary = "how a kernel runs on its target";
  let description = [{
    `kind`: `elementwise` (one loop nest over the results), `rows` (reductions along the innermost result-free axes, one
    result row at a time), `columns` (reductions over leading axes: results in lanes), `matmul` (register tiles),
    `scatter` (serial accumulation), `panels` (a copy that transposes, by blocks in registers), `plain` (Halide's default: no schedule).
    `vector`: lanes; `unroll`: vectors a step, of a product elements of the operand that is broadcast which are loaded at
    once, to be taken from their lanes in as many steps of the inner axis; `tile`: rows and columns of a register tile, or the rows of `rows` that are computed side by side; `fewRowsTile`: the one to
    take instead where the rows are no more than its own; `partial`: vectors of
    partial sums of a reduction (their number of elements is part of the result's bits: the same for any target and number of threads);
    `parallel`: rows a task, 0 is serial; `parallelColumns`: columns a task of a product of matrices, 0 is all, with as
    many rows as `parallelFrom`, fewer are one task; `lanes`: what the lanes of a product's tile run along: `columns`, `rows` or `inner` (then each element has
    `partial` vectors of partial sums); `flat`: the loop nest is one loop over all elements.

    On a device `threads` is the number of threads in a block; 0: not on a device. The kinds are `gpu_elements` (a thread
    an element, reductions by the thread itself), `gpu_rows` (a block a row: `partial` partial sums of each reduction,
    which are added up in shared memory), `gpu_columns` (a block `threads` / `partial` columns, each with `partial`
    partial sums), `gpu_matmul` (a block a `tile` of rows and columns, whose operands pass through shared memory `tile[2]`
    steps of the inner axis at a time) and `gpu_scatter` (a block an update, which adds up all updates of its place).
  }];
  let parameters = (ins StringRefParameter<"kind of loop nest">:$kind,
                        DefaultValuedParameter<"int64_t", "1">:$vector,
                        DefaultValuedParameter<"int64_t", "1">:$unroll,
                        OptionalArrayRefParameter<"int64_t">:$tile,
                        OptionalArrayRefParameter<"int64_t">:$fewRowsTile,
                        DefaultValuedParameter<"int64_t", "1">:$partial,
                        DefaultValuedParameter<"int64_t", "0">:$parallel,
                        DefaultValuedParameter<"int64_t", "0">:$parallelColumns,
                        DefaultValuedParameter<"int64_t", "0">:$parallelFrom,
                        StringRefParameter<"where a product has its lanes", "\"columns\"">:$lanes,
                        DefaultValuedParameter<"bool", "false">:$flat,
                        DefaultValuedParameter<"int64_t", "0">:$threads);
  let extraClassDeclaration = [{
    bool isOnDevice() const { return getThreads() > 0; }
  }];
  let hasCustomAssemblyFormat = 1;
}

// The comparison of `bm.compare`.
def Bm_ComparePredicate : I32EnumAttr<"ComparePredicate", "comparison", [
    I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>, I32EnumAttrCase<"lt", 2>, I32EnumAttrCase<"le", 3>,
    I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>]> {
  let cppNamespace = "::bmc::bm";
  let genSpecializedAttr = 0;
}
def Bm_ComparePredicateAttr : EnumAttr<Bm_Dialect, Bm_ComparePredicate, "compare">;

// How a matrix operand lies in memory.
def Bm_OperandLayout : I32EnumAttr<"OperandLayout", "layout of a matrix", [
    I32EnumAttrCase<"Rows", 0, "rows">, I32EnumAttrCase<"Transposed", 1, "transposed">,
    I32EnumAttrCase<"Panels", 2, "panels">]> {
  let cppNamespace = "::bmc::bm";
  let genSpecializedAttr = 0;
}
def Bm_OperandLayoutAttr : EnumAttr<Bm_Dialect, Bm_OperandLayout, "layout">;

def Bm_BufferKind : I32EnumAttr<"BufferKind", "where a value lives", [
    I32EnumAttrCase<"Arena", 0, "arena">, I32EnumAttrCase<"Argument", 1, "argument">,
    I32EnumAttrCase<"Result", 2, "result">]> {
  let cppNamespace = "::bmc::bm";
  let genSpecializedAttr = 0;
}

def Bm_BufferAttr : Bm_Attr<"Buffer", "buffer"> {
  let summary = "the buffer of a value: a slot of the arena, an argument's buffer (donated) or a result's";
  let parameters = (ins EnumParameter<Bm_BufferKind>:$kind, "int64_t":$index);
  let assemblyFormat = "`<` $kind `,` $index `>`";
}

def Bm_MachineAttr : Bm_Attr<"Machine", "machine"> {
  let summary = "a processor in the numbers that schedules are chosen by";
  let description = [{
    Vector multiply-adds started in a cycle, and the cycles until their result is there; the clock; bytes of a cache
    line, of the first and second cache and of a core's share of the third (0: there is none); bytes that one core reads
    in a cycle from each of them and from memory; nanoseconds until a second thread works in a parallel loop, and to take
    a task. `passes/MachineModel.cpp` has the numbers of the processors that have a name.
  }];
  let parameters = (ins "int64_t":$fmaPorts, "int64_t":$fmaLatency, "int64_t":$megahertz, "int64_t":$lineBytes,
                        "int64_t":$l1Bytes, "int64_t":$l2Bytes, "int64_t":$l3Bytes,
                        "int64_t":$l1BytesPerCycle, "int64_t":$l2BytesPerCycle, "int64_t":$l3BytesPerCycle,
                        "int64_t":$memoryBytesPerCycle, "int64_t":$loopNanoseconds, "int64_t":$taskNanoseconds);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Bm_TargetAttr : Bm_Attr<"Target", "target"> {
  let summary = "the machine that code is made for, as much as passes need to know";
  let description = "Without `machine` it is what is known of a processor of this name.";
  let parameters = (ins StringRefParameter<"LLVM triple">:$triple, StringRefParameter<"processor">:$cpu,
                        "int64_t":$vectorBits, "int64_t":$vectorRegisters,
                        StringRefParameter<"`opencl`, `cuda-sm_80`; empty: kernels run on the processor",
                                           "\"\"">:$device,
                        OptionalParameter<"::bmc::bm::MachineAttr">:$machine);
  let assemblyFormat = "`<` struct(params) `>`";
}

// Tensors: ranked, of the dialect's element types, every dynamic dimension named.
def Bm_NamedDims : CPred<"::bmc::bm::hasNamedDims($_self)">;
class Bm_TensorOf<list<Type> elements, string text>
    : Type<And<[RankedTensorOf<elements>.predicate, Bm_NamedDims]>, text, "::mlir::RankedTensorType">;

def Bm_Tensor : Bm_TensorOf<[F32, F64, I32, I64, I1], "tensor of f32, f64, i32, i64 or bool with named dimensions">;
def Bm_FloatTensor : Bm_TensorOf<[F32, F64], "tensor of f32 or f64 with named dimensions">;
def Bm_NumberTensor : Bm_TensorOf<[F32, F64, I32, I64], "tensor of numbers with named dimensions">;
def Bm_IndexTensor : Bm_TensorOf<[I32, I64], "tensor of i32 or i64 with named dimensions">;
def Bm_BoolTensor : Bm_TensorOf<[I1], "tensor of bool with named dimensions">;
def Bm_KeyTensor : Type<CPred<"::bmc::bm::isRandomKey($_self)">, "random key, tensor<2xi32>", "::mlir::RankedTensorType">,
                   BuildableType<"::mlir::RankedTensorType::get({2}, $_builder.getI32Type())">;

#endif // BMC_DIALECTS_BM_BASE
