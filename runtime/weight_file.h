// Weight files: named tensors, in the format of safetensors or as an archive of NPY files (NPZ). What is read may be
// hostile: every size, offset and name is checked before it is used, and every mistake ends the program with exit code
// 1 and the file's name.
#ifndef BMC_WEIGHT_FILE_H
#define BMC_WEIGHT_FILE_H

#include "mapped_file.h"
#include "memory.h"

namespace bmc {

/// A tensor of a file.
struct FileTensor {
  int64_t nameAt, typeAt; // in the table's texts; the type is called as in safetensors files
  int64_t dimsAt, rank;
  const char *data;
  int64_t bytes;
  int32_t element;           // -1: a type that no program uses
  bool isSwapped, isFortran; // the highest byte comes first; the first axis is the innermost one
};

/// What a file has, as its format's reader found it.
struct TensorTable {
  Array<FileTensor> tensors;
  Text texts; // zero-terminated, one after the other
  Array<int64_t> dims;
  Text metadata;               // key, value, key, value, ..., each zero-terminated
  Array<Array<char> *> memory; // of tensors that are not read from the file where they are

  ~TensorTable();
  /// Adds a text; where it is in `texts`.
  int64_t addText(const char *text, int64_t length);
};

void readSafetensors(const char *path, const MappedFile &file, TensorTable &table);
void readArrays(const char *path, const MappedFile &file, TensorTable &table);

class WeightFile {
public:
  explicit WeightFile(const char *path);

  int64_t tensorCount() const { return table.tensors.size(); }
  const char *name(int64_t i) const { return table.texts.get() + table.tensors[i].nameAt; }
  /// The tensor's index, or -1.
  int64_t find(const char *name) const;
  /// Its element type as safetensors call it, and as a bmc_element: -1 for a type that no program has.
  const char *typeName(int64_t i) const { return table.texts.get() + table.tensors[i].typeAt; }
  int32_t element(int64_t i) const { return table.tensors[i].element; }
  /// Whether the tensor can be read as that element type and has these dims; else `why` gets a sentence.
  bool fits(int64_t tensor, int32_t element, const int64_t *dims, int64_t rank, Text &why) const;
  /// Reads a tensor that fits. Floats of any width are converted.
  void read(int64_t tensor, void *to, int32_t element) const;
  /// Where a tensor that fits lies in the mapped file, as `read` would give it and compiled functions can read it; null
  /// where it does not.
  const void *inPlace(int64_t tensor, int32_t element) const;
  MappedFile &mapping() { return file; }
  /// The value of a key of `__metadata__`, or null.
  const char *metadata(const char *key) const;
  const char *path() const { return fileName; }

private:
  void sortNames();

  const char *fileName;
  MappedFile file;
  TensorTable table; // sorted by name
};

} // namespace bmc

#endif
