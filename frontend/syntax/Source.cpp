// Source texts: reading, and the map between bytes and lines and columns.
#include "Source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace bmc::frontend {

// A model file is written by people; anything larger is a mistake (a data file, a device) and would exhaust memory.
static constexpr uintmax_t largestFile = 16 << 20;

std::optional<FileId> SourceManager::open(const std::string &path, std::string &error) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) {
    error = "is a directory";
    return std::nullopt;
  }
  // A pipe may never end, and a device has no text.
  if (std::filesystem::exists(path, code) && !std::filesystem::is_regular_file(path, code)) {
    error = "is not a file";
    return std::nullopt;
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    error = std::strerror(errno);
    return std::nullopt;
  }
  std::string text;
  char block[1 << 14];
  while (stream.read(block, sizeof block), stream.gcount() > 0) {
    text.append(block, stream.gcount());
    if (text.size() > largestFile) {
      error = "is larger than 16 MiB";
      return std::nullopt;
    }
  }
  return add(path, std::move(text));
}

FileId SourceManager::add(std::string name, std::string text) {
  std::vector<uint32_t> starts{0};
  for (uint32_t i = 0; i < text.size(); ++i) {
    bool loneReturn = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
    if (text[i] == '\n' || loneReturn)
      starts.push_back(i + 1);
  }
  files.push_back({std::move(name), std::move(text), std::move(starts)});
  return files.size() - 1;
}

static bool startsWithMark(std::string_view text) { return text.substr(0, 3) == "\xEF\xBB\xBF"; }

Position SourceManager::position(FileId file, uint32_t offset) const {
  const File &f = files[file];
  auto next = std::upper_bound(f.lineStarts.begin(), f.lineStarts.end(), offset);
  unsigned line = next - f.lineStarts.begin();
  uint32_t start = f.lineStarts[line - 1];
  if (line == 1 && startsWithMark(f.text) && offset >= 3)
    start = 3; // the byte order mark has no column
  return {line, codePoints(std::string_view(f.text).substr(start, offset - start)) + 1};
}

std::string_view SourceManager::line(FileId file, unsigned number) const {
  const File &f = files[file];
  if (number == 0 || number > f.lineStarts.size())
    return {};
  uint32_t begin = f.lineStarts[number - 1];
  uint32_t end = number < f.lineStarts.size() ? f.lineStarts[number] : f.text.size();
  std::string_view text = std::string_view(f.text).substr(begin, end - begin);
  if (number == 1 && startsWithMark(text))
    text.remove_prefix(3);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

uint32_t SourceManager::offset(FileId file, Position position) const {
  std::string_view text = line(file, position.line);
  unsigned column = 0;
  size_t at = 0;
  for (; at < text.size(); ++at)
    if ((text[at] & 0xC0) != 0x80 && ++column == position.column)
      break;
  return text.empty() ? 0 : text.data() - files[file].text.data() + at;
}

std::optional<FileId> SourceManager::find(std::string_view name) const {
  for (FileId file = 0; file < files.size(); ++file)
    if (files[file].name == name)
      return file;
  return std::nullopt;
}

unsigned codePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

} // namespace bmc::frontend
