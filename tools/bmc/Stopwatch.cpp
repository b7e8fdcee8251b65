// See the header. Parent and child share a page of results, in which the child notes what it runs at the moment.
#include "tools/bmc/Stopwatch.h"

#include "bmc/program.h"
#include "runtime/values.h"
#include "tools/bmc/LoadedProgram.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <random>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace bmc {

namespace {
/// One function with its arguments, which all share, and results of its own.
class Contestant {
public:
  Contestant(const bmc_function &function, int64_t open, std::vector<AlignedMemory> &arguments);

  int32_t run() { return function.run(buffers.data(), symbols.data(), static_cast<char *>(arena.data())); }
  bool hasResultsOf(const Contestant &other) const;
  /// Runs it some times; the seconds of one.
  double time(int64_t runs);

  std::vector<double> samples;

private:
  const bmc_function &function;
  std::vector<int64_t> symbols;
  AlignedMemory arena;
  std::vector<AlignedMemory> results;
  std::vector<int64_t> resultBytes;
  std::vector<void *> buffers;
};

/// Memory that a child process writes for its parent.
struct SharedResults {
  explicit SharedResults(size_t count)
      : count(count), bytes(sizeof(int64_t) + count * sizeof(TrialResult)),
        memory(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {}
  ~SharedResults() { munmap(memory, bytes); }
  bool isThere() const { return memory != MAP_FAILED; }
  /// The function that runs; `count` when all is done.
  int64_t &current() const { return *static_cast<int64_t *>(memory); }
  MutableArrayRef<TrialResult> results() const {
    return {reinterpret_cast<TrialResult *>(static_cast<char *>(memory) + sizeof(int64_t)), count};
  }

  size_t count, bytes;
  void *memory;
};
} // namespace

static int64_t elementsOf(const bmc_value &value, ArrayRef<int64_t> dims) {
  int64_t elements = 1;
  for (int64_t dim : dims.take_front(value.rank))
    elements *= dim;
  return elements;
}

static std::vector<int64_t> dimsOf(const bmc_value *values, int64_t count, const int64_t *symbols,
                                   void (*compute)(const int64_t *, int64_t *)) {
  size_t ranks = 0;
  for (const bmc_value &value : ArrayRef(values, count))
    ranks += value.rank;
  std::vector<int64_t> dims(ranks);
  computeDims(values, count, symbols, compute, dims.data());
  return dims;
}

// Numbers that no function objects to, and small indices.
static void fill(AlignedMemory &memory, const bmc_value &value, int64_t elements) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> numbers(0.01, 1);
  for (int64_t i = 0; i < elements; ++i) {
    if (value.element == bmc_f32)
      static_cast<float *>(memory.data())[i] = float(numbers(random));
    else if (value.element == bmc_f64)
      static_cast<double *>(memory.data())[i] = numbers(random);
    else if (value.element == bmc_i32)
      static_cast<int32_t *>(memory.data())[i] = int32_t(random() % 2);
    else if (value.element == bmc_i64)
      static_cast<int64_t *>(memory.data())[i] = int64_t(random() % 2);
    else
      static_cast<uint8_t *>(memory.data())[i] = random() % 2;
  }
}

// The arguments are made by the first contestant.
Contestant::Contestant(const bmc_function &function, int64_t open, std::vector<AlignedMemory> &arguments)
    : function(function), symbols(size_t(function.symbol_count), open),
      arena(function.arena_bytes ? function.arena_bytes(symbols.data()) : 0) {
  std::vector<int64_t> dims = dimsOf(function.arguments, function.argument_count, symbols.data(), nullptr);
  bool isFirst = arguments.empty();
  ArrayRef<int64_t> rest = dims;
  for (const bmc_value &value : ArrayRef(function.arguments, function.argument_count)) {
    if (isFirst) {
      int64_t elements = elementsOf(value, rest);
      arguments.emplace_back(elements * elementBytes(value.element));
      fill(arguments.back(), value, elements);
    }
    rest = rest.drop_front(value.rank);
  }
  for (AlignedMemory &argument : arguments)
    buffers.push_back(argument.data());
  dims = dimsOf(function.results, function.result_count, symbols.data(), function.result_dims);
  rest = dims;
  for (const bmc_value &value : ArrayRef(function.results, function.result_count)) {
    resultBytes.push_back(elementsOf(value, rest) * elementBytes(value.element));
    results.emplace_back(resultBytes.back());
    buffers.push_back(results.back().data());
    rest = rest.drop_front(value.rank);
  }
}

bool Contestant::hasResultsOf(const Contestant &other) const {
  for (auto [mine, others, bytes] : zip_equal(results, other.results, resultBytes))
    if (std::memcmp(mine.data(), others.data(), size_t(bytes)) != 0)
      return false;
  return true;
}

double Contestant::time(int64_t runs) {
  auto begin = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < runs; ++i)
    run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / double(runs);
}

// Takes turns until the time is over. Who is far behind after a few rounds is not asked any more.
static void takeTurns(MutableArrayRef<std::unique_ptr<Contestant>> all, const SharedResults &shared, double seconds) {
  constexpr double sampleSeconds = 100e-6, hopeless = 1.3;
  constexpr size_t fewestRounds = 5, mostRounds = 2000, roundsForAll = 3;
  auto begin = std::chrono::steady_clock::now();
  auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  all[0]->time(1);
  int64_t runs = std::clamp<int64_t>(int64_t(sampleSeconds / std::max(all[0]->time(1), 1e-9)), 1, 10000);
  auto minimum = [](const std::vector<double> &samples) { return *std::min_element(samples.begin(), samples.end()); };
  double best = INFINITY;
  for (size_t round = 0; round < mostRounds && (round < fewestRounds || elapsed() < seconds); ++round)
    for (auto [number, contestant] : enumerate(all)) {
      bool isBehind = round >= roundsForAll && number > 0 && minimum(contestant->samples) > hopeless * best;
      if (shared.results()[number].state != TrialState::Unmeasured || isBehind)
        continue;
      shared.current() = int64_t(number);
      contestant->samples.push_back(contestant->time(runs));
      best = std::min(best, contestant->samples.back());
    }
  for (auto [result, contestant] : zip_equal(shared.results(), all)) {
    std::vector<double> &samples = contestant->samples;
    if (samples.empty())
      continue;
    result.minimum = minimum(samples);
    std::nth_element(samples.begin(), samples.begin() + samples.size() / 2, samples.end());
    result.median = samples[samples.size() / 2];
    result.state = TrialState::Measured;
  }
}

// What the child does. Those that an earlier child has a verdict on are left out.
static void measure(const std::string &path, const TrialOptions &options, const SharedResults &shared) {
  Expected<LoadedProgram> loaded = LoadedProgram::load(path);
  if (!loaded) {
    consumeError(loaded.takeError());
    return;
  }
  ArrayRef functions(loaded->table().functions, loaded->table().function_count);
  std::vector<AlignedMemory> arguments;
  std::vector<std::unique_ptr<Contestant>> all;
  for (auto [number, result] : enumerate(shared.results())) {
    all.push_back(std::make_unique<Contestant>(*functions[number], options.open, arguments));
    if (result.state != TrialState::Unmeasured)
      continue;
    shared.current() = int64_t(number);
    if (all.back()->run() != 0)
      result.state = TrialState::Failed;
    else if (!all.back()->hasResultsOf(*all[0]))
      result.state = TrialState::Differs;
  }
  takeTurns(all, shared, options.seconds);
  shared.current() = int64_t(shared.count);
}

// A child that crashes or takes too long says so by its end, not in words of its own.
[[noreturn]] static void runChild(const std::string &path, const TrialOptions &options, const SharedResults &shared) {
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM, SIGINT, SIGTERM})
    std::signal(signal, SIG_DFL);
  constexpr unsigned patience = 10; // seconds beyond those that were asked for
  alarm(unsigned(std::ceil(options.seconds)) + patience);
  measure(path, options, shared);
  _exit(0);
}

std::vector<TrialResult> measureFunctions(const std::string &path, size_t count, const TrialOptions &options) {
  SharedResults shared(count);
  if (!shared.isThere())
    return std::vector<TrialResult>(count);
  llvm::fill(shared.results(), TrialResult());
  // Each child but the last has found one more that fails.
  for (size_t child = 0; child <= count && shared.results()[0].state != TrialState::Failed; ++child) {
    shared.current() = 0;
    pid_t process = fork();
    if (process == 0)
      runChild(path, options, shared);
    int status = 0;
    while (process > 0 && waitpid(process, &status, 0) < 0 && errno == EINTR)
      ;
    if (process < 0 || shared.current() == int64_t(count) || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
      break;
    shared.results()[size_t(shared.current())].state = TrialState::Failed;
  }
  return shared.results().vec();
}

} // namespace bmc
