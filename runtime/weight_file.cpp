// Weight files: see weight_file.h.
#include "weight_file.h"

#include "errors.h"
#include "tensor.h"

namespace bmc {

TensorTable::~TensorTable() {
  for (Array<char> *bytes : memory)
    destroy(bytes);
}

int64_t TensorTable::addText(const char *text, int64_t length) {
  int64_t begin = texts.size();
  texts.append(text, length).appendCharacter('\0');
  return begin;
}

WeightFile::WeightFile(const char *path) : fileName(path), file(path) {
  bool isArchive = file.size() >= 4 && !memcmp(file.bytes(), "PK", 2) && file.bytes()[2] < 8;
  isArchive ? readArrays(path, file, table) : readSafetensors(path, file, table);
  sortNames();
}

static const char *textsForCompare;

static int compareNames(const void *a, const void *b) {
  return strcmp(textsForCompare + static_cast<const FileTensor *>(a)->nameAt,
                textsForCompare + static_cast<const FileTensor *>(b)->nameAt);
}

void WeightFile::sortNames() {
  textsForCompare = table.texts.get();
  if (tensorCount())
    qsort(table.tensors.data(), tensorCount(), sizeof(FileTensor), compareNames);
  for (int64_t i = 1; i < tensorCount(); ++i)
    if (!strcmp(name(i - 1), name(i)))
      fail(exitBadInput, "%s: tensor '%s' is there twice", fileName, name(i));
}

int64_t WeightFile::find(const char *wanted) const {
  int64_t low = 0, high = tensorCount();
  while (low < high) {
    int64_t middle = (low + high) / 2;
    int order = strcmp(name(middle), wanted);
    if (order == 0)
      return middle;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

const char *WeightFile::metadata(const char *key) const {
  for (const char *p = table.metadata.get(), *end = p + table.metadata.size(); p < end;) {
    const char *value = p + strlen(p) + 1;
    if (!strcmp(p, key))
      return value;
    p = value + strlen(value) + 1;
  }
  return nullptr;
}

static bool isFloat(int32_t element) { return element == bmc_f32 || element == bmc_f64; }

bool WeightFile::fits(int64_t index, int32_t element, const int64_t *dims, int64_t rank, Text &why) const {
  const FileTensor &tensor = table.tensors[index];
  const int64_t *found = table.dims.data() + tensor.dimsAt;
  const char *type = typeName(index);
  bool isStoredFloat = isFloat(tensor.element) || !strcmp(type, "F16") || !strcmp(type, "BF16");
  why.append("tensor '").append(name(index)).append("': expected ");
  if (rank != tensor.rank || (rank && memcmp(found, dims, rank * sizeof(int64_t)))) {
    appendDims(why.append("shape "), dims, rank);
    appendDims(why.append(", found "), found, tensor.rank);
    return false;
  }
  why.append(elementName(element)).append(", found ").append(type);
  return tensor.element == element || (isFloat(element) && isStoredFloat);
}

/// Where element `i`, counted with the last axis innermost, stands where the first one is.
static int64_t fortranPlace(const int64_t *dims, int64_t rank, int64_t count, int64_t i) {
  int64_t place = 0, stride = count;
  for (int64_t axis = rank - 1; axis >= 0; --axis) {
    stride /= dims[axis];
    place += i % dims[axis] * stride;
    i /= dims[axis];
  }
  return place;
}

/// One float of a type that files have.
static double storedFloat(const char *value, int32_t element, const char *type) {
  if (element >= 0)
    return elementAsDouble(value, element, 0);
  uint16_t bits;
  memcpy(&bits, value, sizeof bits);
  return *type == 'B' ? __builtin_bit_cast(float, static_cast<uint32_t>(bits) << 16) : halfAsFloat(bits);
}

void WeightFile::read(int64_t index, void *to, int32_t element) const {
  const FileTensor &tensor = table.tensors[index];
  bool isSame = tensor.element == element, isInOrder = !tensor.isSwapped && !tensor.isFortran;
  if (isSame && isInOrder)
    return (void)memcpy(to, tensor.data, tensor.bytes);
  const int64_t *dims = table.dims.data() + tensor.dimsAt;
  int64_t count = elementCount(dims, tensor.rank), width = tensor.bytes / count;
  for (int64_t i = 0; i < count; ++i) {
    alignas(8) char value[8];
    const char *from = tensor.data + (tensor.isFortran ? fortranPlace(dims, tensor.rank, count, i) : i) * width;
    for (int64_t k = 0; k < width; ++k)
      value[k] = from[tensor.isSwapped ? width - 1 - k : k];
    if (isSame)
      memcpy(static_cast<char *>(to) + i * width, value, width);
    else if (element == bmc_f32)
      static_cast<float *>(to)[i] = static_cast<float>(storedFloat(value, tensor.element, typeName(index)));
    else
      static_cast<double *>(to)[i] = storedFloat(value, tensor.element, typeName(index));
  }
}

const void *WeightFile::inPlace(int64_t index, int32_t element) const {
  const FileTensor &tensor = table.tensors[index];
  bool isPlain = tensor.element == element && !tensor.isSwapped && !tensor.isFortran;
  return isPlain && file.isReadable(tensor.data, tensor.bytes) ? tensor.data : nullptr;
}

} // namespace bmc
