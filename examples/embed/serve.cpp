// Two models in one C++ program: examples/simple.bm, and examples/iris.bm, whose trained weights are read by several
// threads at a time, each with an instance of its own.
#include "iris.h"
#include "simple.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Destroy {
  void operator()(bmc_model *model) const { bmc_destroy(model); }
};
using Model = std::unique_ptr<bmc_model, Destroy>;

void check(const Model &model, bmc_status status) {
  if (status != BMC_OK)
    throw std::runtime_error(bmc_message(model.get()));
}

Model create(const bmc_library &library, bmc_options options) {
  char message[256] = "";
  options.message = message;
  options.message_bytes = sizeof message;
  bmc_model *model;
  if (bmc_create(&library, &options, &model) != BMC_OK)
    throw std::runtime_error(message);
  return Model(model);
}

// Rows of four measures and a species.
struct Flowers {
  std::vector<float> x;
  std::vector<int32_t> y;
  int64_t rows() const { return int64_t(y.size()); }
};

int32_t speciesOf(const std::string &name) {
  const std::string known[IRIS_OUTPUT_ELEMENTS] = {"setosa", "versicolor", "virginica"};
  auto found = std::find(std::begin(known), std::end(known), name);
  if (found == std::end(known))
    throw std::runtime_error("unknown species '" + name + "'");
  return int32_t(found - std::begin(known));
}

Flowers read(const std::string &path) {
  std::ifstream file(path);
  if (!file)
    throw std::runtime_error(path + ": cannot open");
  Flowers flowers;
  std::string line, cell;
  std::getline(file, line); // the columns' names
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    for (int i = 0; i < IRIS_X_ELEMENTS && std::getline(cells, cell, ','); ++i)
      flowers.x.push_back(std::stof(cell));
    if (std::getline(cells, cell))
      flowers.y.push_back(speciesOf(cell));
  }
  return flowers;
}

// A library takes values as the network sees them: each measure less its mean, over its deviation in the training rows.
void normalise(const Flowers &train, Flowers &flowers) {
  for (size_t column = 0; column < IRIS_X_ELEMENTS; ++column) {
    double sum = 0, squares = 0, rows = double(train.rows());
    for (size_t i = column; i < train.x.size(); i += IRIS_X_ELEMENTS) {
      sum += train.x[i];
      squares += double(train.x[i]) * train.x[i];
    }
    double mean = sum / rows, deviation = std::sqrt(squares / rows - mean * mean);
    for (size_t i = column; i < flowers.x.size(); i += IRIS_X_ELEMENTS)
      flowers.x[i] = float((flowers.x[i] - mean) / deviation);
  }
}

// How many of the rows from `begin` on in steps are given their class.
int64_t countHits(bmc_model *trained, const Flowers &flowers, int64_t begin, int64_t step) {
  bmc_options options = BMC_OPTIONS;
  options.trains = 0;
  options.weights = trained; // read, not copied
  Model model = create(iris_library, options);
  int64_t hits = 0;
  for (int64_t row = begin; row < flowers.rows(); row += step) {
    float scores[IRIS_OUTPUT_ELEMENTS];
    check(model, iris_predict(model.get(), &flowers.x[size_t(row * IRIS_X_ELEMENTS)], 1, scores));
    hits += std::max_element(scores, scores + IRIS_OUTPUT_ELEMENTS) - scores == flowers.y[size_t(row)];
  }
  return hits;
}

int run(const std::string &folder) {
  Flowers train = read(folder + "/iris-train.csv"), test = read(folder + "/iris-test.csv");
  normalise(train, test);
  normalise(Flowers(train), train);
  bmc_options options = BMC_OPTIONS;
  options.rows = std::max(train.rows(), test.rows());
  Model iris = create(iris_library, options);
  check(iris, bmc_init(iris.get(), 0));
  check(iris, bmc_set_hyper(iris.get(), "lr", 0.02));
  double loss = 0, metrics[IRIS_METRICS];
  for (int step = 0; step < 300; ++step)
    check(iris, iris_train_step(iris.get(), train.x.data(), train.y.data(), train.rows(), &loss, metrics));
  std::printf("iris: loss %.3f after 300 steps\n", loss);

  constexpr int64_t threads = 4;
  std::vector<int64_t> hits(threads);
  std::vector<std::thread> workers;
  for (int64_t i = 0; i < threads; ++i)
    workers.emplace_back([&, i] { hits[size_t(i)] = countHits(iris.get(), test, i, threads); });
  for (std::thread &worker : workers)
    worker.join();
  int64_t sum = 0;
  for (int64_t count : hits)
    sum += count;
  std::printf("iris: %lld of %lld test rows right, by %lld threads\n", (long long)sum, (long long)test.rows(),
              (long long)threads);

  Model simple = create(simple_library, BMC_OPTIONS);
  check(simple, bmc_init(simple.get(), 1));
  const float x[SIMPLE_X_ELEMENTS] = {1, 2, 3};
  float y = 0;
  check(simple, simple_predict(simple.get(), x, 1, &y));
  std::printf("simple: %.6f\n", y);
  return 0;
}

} // namespace

int main(int count, char **arguments) {
  try {
    return run(count > 1 ? arguments[1] : "examples/data");
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
