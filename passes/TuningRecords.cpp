// Reading and writing records. See the header.
#include "passes/TuningRecords.h"
#include "dialects/KernelText.h"
#include "dialects/ProgramError.h"
#include "mlir/AsmParser/AsmParser.h"
#include "passes/Schedule.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

int64_t tunedRows(KernelOp kernel) {
  bool isOpen = llvm::any_of(kernel.getBody().front(), [](Operation &op) {
    return isa<SizeOp>(op) ||
           llvm::any_of(op.getOperandTypes(), [](Type type) { return !cast<RankedTensorType>(type).hasStaticShape(); });
  });
  return isOpen ? openExtent(kernel) : 1;
}

std::string tuningKey(KernelOp kernel) { return hashText(kernelText(kernel, {})); }

// Reading -------------------------------------------------------------------------------------------------------------

namespace {
// One line. Each step takes what it reads from the front of `rest`; the first that fails has diagnosed it.
class RecordReader {
public:
  RecordReader(MLIRContext *context, StringRef file, unsigned number, StringRef line)
      : context(context), file(file), number(number), line(line), rest(line) {}

  FailureOr<TuningRecord> read();

private:
  Location place(size_t column) const { return FileLineColLoc::get(context, file, number, unsigned(column) + 1); }
  Location placeOf(StringRef part) const { return place(size_t(part.data() - line.data())); }
  StringRef word();
  LogicalResult expected(StringRef part, const llvm::Twine &what) const;
  LogicalResult readField(StringRef name, const llvm::Twine &what, StringRef &value);
  LogicalResult readSchedule(ScheduleAttr &schedule);

  MLIRContext *context;
  StringRef file;
  unsigned number;
  StringRef line, rest;
};
} // namespace

StringRef RecordReader::word() {
  rest = rest.ltrim();
  StringRef word = rest.take_until([](char c) { return llvm::isSpace(c); });
  rest = rest.drop_front(word.size());
  return word;
}

static constexpr StringLiteral advice = "; `bmc --tune` writes this file again, and nothing needs it: delete the line";

LogicalResult RecordReader::expected(StringRef part, const llvm::Twine &what) const {
  std::string found = part.empty() ? "the end of the line" : "'" + part.str() + "'";
  return emitProgramError(placeOf(part)) << "expected " << what << ", found " << found << advice;
}

// `name=value`
LogicalResult RecordReader::readField(StringRef name, const llvm::Twine &what, StringRef &value) {
  StringRef found = value = word();
  bool isField = value.consume_front(name) && value.consume_front("=") && !value.empty();
  return isField ? success() : expected(found, "'" + name + "=" + what + "'");
}

LogicalResult RecordReader::readSchedule(ScheduleAttr &schedule) {
  rest = rest.ltrim();
  StringRef text = rest.take_front(rest.find('>'));
  text = rest.take_front(text.size() + (text.size() < rest.size()));
  if (!text.starts_with("#bm.schedule<"))
    return expected(text, "a schedule like '#bm.schedule<elementwise, vector = 8>'");
  if (!text.ends_with(">"))
    return expected(line.take_back(0), "'>' at the end of the schedule");
  std::string message;
  size_t column = 0;
  {
    ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
      message = diagnostic.str();
      if (auto at = dyn_cast<FileLineColLoc>(diagnostic.getLocation()))
        column = at.getColumn() - 1;
      return success();
    });
    schedule = dyn_cast_or_null<ScheduleAttr>(parseAttribute(text, context));
  }
  if (!schedule)
    return emitProgramError(place(size_t(text.data() - line.data()) + std::min(column, text.size())))
           << message << advice;
  rest = rest.drop_front(text.size());
  return success();
}

FailureOr<TuningRecord> RecordReader::read() {
  TuningRecord record{"", "", 0, 0, 0, {}, "", place(0)};
  StringRef key = word(), cpu, rows, times;
  record.place = placeOf(key);
  record.kernel = key.str();
  if (key.size() != 16 || !llvm::all_of(key, [](char c) { return llvm::isHexDigit(c) && !llvm::isUpper(c); }))
    return expected(key, "a kernel's 16 hexadecimal digits");
  if (failed(readField("cpu", "NAME", cpu)) || failed(readField("rows", "NUMBER", rows)))
    return failure();
  record.cpu = cpu.str();
  if (rows.getAsInteger(10, record.rows) || record.rows < 1)
    return expected(rows, "a number of rows of at least 1");
  if (failed(readField("us", "BEFORE->AFTER", times)))
    return failure();
  auto [before, after] = times.split("->");
  if (before.getAsDouble(record.before) || after.getAsDouble(record.after))
    return expected(times, "two numbers of microseconds, BEFORE->AFTER");
  if (failed(readSchedule(record.schedule)))
    return failure();
  rest = rest.trim();
  record.note = rest.str();
  if (!rest.empty() && !rest.starts_with("//"))
    return expected(rest, "the end of the line or a comment behind '//'");
  record.note = rest.drop_while([](char c) { return c == '/'; }).trim().str();
  return record;
}

FailureOr<std::vector<TuningRecord>> readTuningRecords(MLIRContext *context, StringRef text, StringRef file) {
  std::vector<TuningRecord> records;
  llvm::StringMap<unsigned> lines; // of kernel and processor
  for (unsigned number = 1; !text.empty(); ++number) {
    auto [line, rest] = text.split('\n');
    text = rest;
    line = line.rtrim();
    if (line.empty() || line.ltrim().starts_with("//"))
      continue;
    FailureOr<TuningRecord> record = RecordReader(context, file, number, line).read();
    if (failed(record))
      return failure();
    auto [first, isNew] =
        lines.try_emplace(record->kernel + " " + record->cpu + " " + std::to_string(record->rows), number);
    if (!isNew)
      return emitProgramError(record->place)
             << "a second record of this kernel with these rows; the first is in line " << first->second << advice;
    records.push_back(std::move(*record));
  }
  return records;
}

// Writing -------------------------------------------------------------------------------------------------------------

std::string tuningText(ArrayRef<TuningRecord> records) {
  std::string text = "// Schedules that were measured to be faster than the model's; `bmc --tune` writes this file.\n";
  llvm::raw_string_ostream out(text);
  for (const TuningRecord &record : records) {
    out << record.kernel << " cpu=" << record.cpu << " rows=" << record.rows
        << " us=" << llvm::format("%.2f->%.2f", record.before, record.after) << " " << record.schedule;
    if (!record.note.empty())
      out << " // " << record.note;
    out << "\n";
  }
  return text;
}

} // namespace bmc
