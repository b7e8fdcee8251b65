/* examples/simple.bm by hand: what a C programmer writes for this one model, to compare the library's calls with. */
#ifndef LIBRARY_PEER_H
#define LIBRARY_PEER_H

/* fc1.weight[2][3], fc1.bias[2], fc2.weight[2], fc2.bias; Adam's m and v of the same. */
enum { PEER_PARAMETERS = 11 };
struct peer {
  float p[PEER_PARAMETERS], m[PEER_PARAMETERS], v[PEER_PARAMETERS];
  double rate;
  long step;
};

void peer_predict(const struct peer *peer, const float *x, int rows, float *y);
float peer_train_step(struct peer *peer, const float *x, const float *y, int rows);

#endif
