// The safetensors format: the size of a header, 8 bytes; the header, JSON that names each tensor's type, shape and
// place; the tensors' bytes. See the header.
#include "tools/bmc/WeightFile.h"

#include "codegen/host/ElementNames.h"
#include "dialects/Dialect.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace bmc {

namespace {
class WeightFile {
public:
  WeightFile(StringRef path, StringRef content) : path(path), content(content) {}

  Error readHeader();
  Expected<std::string> read(const codegen::StaticWeight &weight);

private:
  Error error(const Twine &what) { return createStringError("the weights '" + path + "': " + what); }
  Expected<StringRef> bytesOf(const json::Object &tensor, StringRef name);

  StringRef path, content, data;
  json::Object tensors;
};
} // namespace

Error WeightFile::readHeader() {
  if (content.size() < 8)
    return error("expected a safetensors file, found " + Twine(content.size()) + " bytes");
  uint64_t size = support::endian::read64le(content.data());
  if (size > content.size() - 8)
    return error("expected a safetensors file, found a header that is longer than the file");
  Expected<json::Value> header = json::parse(content.substr(8, size));
  if (!header)
    return error("expected a safetensors file, found a header that is not JSON: " + toString(header.takeError()));
  json::Object *object = header->getAsObject();
  if (!object)
    return error("expected a safetensors file, found a header that is no JSON object");
  tensors = std::move(*object);
  data = content.substr(8 + size);
  return Error::success();
}

Expected<StringRef> WeightFile::bytesOf(const json::Object &tensor, StringRef name) {
  const json::Array *place = tensor.getArray("data_offsets");
  std::optional<int64_t> begin, end;
  if (place && place->size() == 2) {
    begin = (*place)[0].getAsInteger();
    end = (*place)[1].getAsInteger();
  }
  if (!begin || !end || *begin < 0 || *end < *begin || uint64_t(*end) > data.size())
    return error("tensor '" + name + "' is not inside of the file");
  return data.slice(size_t(*begin), size_t(*end));
}

template <class From, class To> static std::string converted(StringRef bytes) {
  std::string result;
  for (size_t at = 0; at + sizeof(From) <= bytes.size(); at += sizeof(From)) {
    From from;
    std::memcpy(&from, bytes.data() + at, sizeof from);
    To to = To(from);
    result.append(reinterpret_cast<const char *>(&to), sizeof to);
  }
  return result;
}

static std::string shapeText(ArrayRef<int64_t> shape) {
  return "[" + join(map_range(shape, [](int64_t dim) { return std::to_string(dim); }), ", ") + "]";
}

Expected<std::string> WeightFile::read(const codegen::StaticWeight &weight) {
  const json::Object *tensor = tensors.getObject(weight.name);
  if (!tensor)
    return error("expected a tensor '" + weight.name + "', found none; is it another model's file?");
  SmallVector<int64_t> shape;
  if (const json::Array *dims = tensor->getArray("shape"))
    for (const json::Value &dim : *dims)
      shape.push_back(dim.getAsInteger().value_or(-1));
  if (ArrayRef<int64_t>(shape) != weight.type.getShape())
    return error("tensor '" + weight.name + "': expected the shape " + shapeText(weight.type.getShape()) + ", found " +
                 shapeText(shape));
  Expected<StringRef> bytes = bytesOf(*tensor, weight.name);
  if (!bytes)
    return bytes.takeError();
  StringRef found = tensor->getString("dtype").value_or("");
  StringRef wanted = codegen::elementNames(weight.type.getElementType()).safetensors;
  std::string values = bytes->str();
  if (found == "F64" && wanted == "F32")
    values = converted<double, float>(*bytes);
  else if (found == "F32" && wanted == "F64")
    values = converted<float, double>(*bytes);
  else if (found != wanted)
    return error("tensor '" + weight.name + "': expected elements of type " + wanted + ", found " + found);
  if (int64_t(values.size()) != weight.bytes)
    return error("tensor '" + weight.name + "': expected " + Twine(weight.bytes) + " bytes, found " +
                 Twine(values.size()));
  return values;
}

Expected<codegen::WeightValues> readWeights(StringRef path, ArrayRef<codegen::StaticWeight> weights) {
  auto content = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!content)
    return createStringError("cannot read the weights '" + path + "': " + content.getError().message());
  WeightFile file(path, (*content)->getBuffer());
  if (Error error = file.readHeader())
    return std::move(error);
  codegen::WeightValues values;
  for (const codegen::StaticWeight &weight : weights) {
    Expected<std::string> bytes = file.read(weight);
    if (!bytes)
      return bytes.takeError();
    values[weight.name] = std::move(*bytes);
  }
  return values;
}

} // namespace bmc
