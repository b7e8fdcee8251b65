/* Nanoseconds a call of examples/simple.bm as a library and by hand, in rounds that take turns: library_calls ROUNDS.
 * Time is that of the processor in this thread, so that other programs on the machine count less.
 * A line has the round's four times: predict of the library and by hand, train step of the library and by hand. */
#define _POSIX_C_SOURCE 199309L
#include "library_peer.h"
#include "simple.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CALLS = 200000, ROWS = 3 };

static const float x[ROWS * SIMPLE_X_ELEMENTS] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, y[ROWS] = {1, 0, 1};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void check(struct bmc_model *model, enum bmc_status status) {
  if (status == BMC_OK)
    return;
  fprintf(stderr, "%s\n", bmc_message(model));
  exit(1);
}

static double predict(struct bmc_model *model) {
  float out;
  double begin = now();
  for (int i = 0; i < CALLS; ++i)
    check(model, simple_predict(model, x, 1, &out));
  return (now() - begin) / CALLS;
}

static double predictByHand(const struct peer *peer) {
  float out;
  double begin = now();
  for (int i = 0; i < CALLS; ++i)
    peer_predict(peer, x, 1, &out);
  return (now() - begin) / CALLS;
}

static double train(struct bmc_model *model) {
  double loss, begin = now();
  for (int i = 0; i < CALLS; ++i)
    check(model, simple_train_step(model, x, y, ROWS, &loss));
  return (now() - begin) / CALLS;
}

static double trainByHand(struct peer *peer) {
  double begin = now();
  for (int i = 0; i < CALLS; ++i)
    peer_train_step(peer, x, y, ROWS);
  return (now() - begin) / CALLS;
}

static void copyWeights(struct bmc_model *model, struct peer *peer) {
  memset(peer, 0, sizeof *peer);
  check(model, bmc_get(model, "fc1.weight", peer->p, 6 * sizeof(float)));
  check(model, bmc_get(model, "fc1.bias", peer->p + 6, 2 * sizeof(float)));
  check(model, bmc_get(model, "fc2.weight", peer->p + 8, 2 * sizeof(float)));
  check(model, bmc_get(model, "fc2.bias", peer->p + 10, sizeof(float)));
  check(model, bmc_get_hyper(model, "lr", &peer->rate));
}

/* Both do the same. */
static void compare(struct bmc_model *model, struct peer *peer) {
  for (int step = 0; step < 100; ++step) {
    double loss;
    check(model, simple_train_step(model, x, y, ROWS, &loss));
    float other = peer_train_step(peer, x, y, ROWS);
    if (fabs(loss - other) > 1e-5 * fabs(loss)) {
      fprintf(stderr, "step %d: loss %.9g, by hand %.9g\n", step, loss, other);
      exit(1);
    }
  }
}

int main(int count, char **arguments) {
  int rounds = count > 1 ? atoi(arguments[1]) : 21;
  struct bmc_options options = BMC_OPTIONS;
  options.rows = ROWS;
  struct bmc_model *model;
  struct peer peer;
  if (simple_create(&options, &model) != BMC_OK)
    return 1;
  check(model, bmc_init(model, 1));
  copyWeights(model, &peer);
  compare(model, &peer);
  for (int round = 0; round < rounds; ++round) {
    double library[2], byHand[2];
    if (round % 2 == 0) {
      library[0] = predict(model), byHand[0] = predictByHand(&peer);
      library[1] = train(model), byHand[1] = trainByHand(&peer);
    } else {
      byHand[0] = predictByHand(&peer), library[0] = predict(model);
      byHand[1] = trainByHand(&peer), library[1] = train(model);
    }
    printf("%.1f %.1f %.1f %.1f\n", library[0], byHand[0], library[1], byHand[1]);
  }
  bmc_destroy(model);
  return 0;
}
