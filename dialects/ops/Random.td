// Counter-based random numbers: Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
// The same key gives the same bits on every machine, for every schedule and number of threads.
include "dialects/BmOpBase.td"

// Four elements are the words of one counter.
class Bm_RandomOp<string mnemonic> : Bm_TensorOp<mnemonic, "Generator"> {
  let arguments = (ins Bm_KeyTensor:$key);
  let assemblyFormat = "$key attr-dict `:` type($y)";
  let extraClassDeclaration = declarations # [{
    int64_t getFlopsPerElement() { return 40; }
    int64_t getElementsTogether() { return 4; }
  }];
}

def Bm_RandomBitsOp : Bm_RandomOp<"random_bits"> {
  let summary = "32 random bits an element";
  let description = [{
    Element e (in row-major order) is word e % 4 of Philox of the counter (e / 4 low, e / 4 high, 0, 0) under the key.
  }];
  let results = (outs Bm_IndexTensor:$y);
}

def Bm_RandomUniformOp : Bm_RandomOp<"random_uniform"> {
  let summary = "uniform in [0, 1): the upper 24 random bits times 2^-24";
  let results = (outs Bm_FloatTensor:$y);
}

def Bm_FoldInOp : Bm_TensorOp<"fold_in", "Generator"> {
  let summary = "a new key: words 0 and 1 of Philox of the counter (data, 0, 0, 1) under the key";
  let description = [{The low 32 bits of `data` count. (C1) `data` has rank 0.}];
  let arguments = (ins Bm_KeyTensor:$key, Bm_IndexTensor:$data);
  let results = (outs Bm_KeyTensor:$y);
  let assemblyFormat = "$key `,` $data attr-dict `:` type($data)";
  let hasVerifier = 1;
}
