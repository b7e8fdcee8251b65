/* See the header. A file of its own, so that its calls are calls, as the library's are. */
#include "library_peer.h"

#include <math.h>

static float hidden(const float *p, const float *x, int unit) {
  return p[unit * 3] * x[0] + p[unit * 3 + 1] * x[1] + p[unit * 3 + 2] * x[2] + p[6 + unit];
}

void peer_predict(const struct peer *peer, const float *x, int rows, float *y) {
  const float *p = peer->p;
  for (int row = 0; row < rows; ++row, x += 3) {
    float a = hidden(p, x, 0), b = hidden(p, x, 1);
    y[row] = p[8] * (a > 0 ? a : 0) + p[9] * (b > 0 ? b : 0) + p[10];
  }
}

static void update(struct peer *peer, const float *gradient) {
  double step = (double)++peer->step;
  float first = (float)(1 - pow(0.9, step)), second = (float)(1 - pow(0.999, step)), rate = (float)peer->rate;
  for (int i = 0; i < PEER_PARAMETERS; ++i) {
    peer->m[i] = 0.9f * peer->m[i] + 0.1f * gradient[i];
    peer->v[i] = 0.999f * peer->v[i] + 0.001f * gradient[i] * gradient[i];
    peer->p[i] -= rate * (peer->m[i] / first) / (sqrtf(peer->v[i] / second) + 1e-8f);
  }
}

float peer_train_step(struct peer *peer, const float *x, const float *y, int rows) {
  const float *p = peer->p;
  float gradient[PEER_PARAMETERS] = {0}, loss = 0;
  for (int row = 0; row < rows; ++row, x += 3) {
    float h[2], error = p[10] - y[row];
    for (int unit = 0; unit < 2; ++unit) {
      float sum = hidden(p, x, unit);
      h[unit] = sum > 0 ? sum : 0;
      error += p[8 + unit] * h[unit];
    }
    loss += error * error;
    float slope = 2 * error / (float)rows;
    for (int unit = 0; unit < 2; ++unit) {
      float inner = h[unit] > 0 ? slope * p[8 + unit] : 0;
      for (int i = 0; i < 3; ++i)
        gradient[unit * 3 + i] += inner * x[i];
      gradient[6 + unit] += inner;
      gradient[8 + unit] += slope * h[unit];
    }
    gradient[10] += slope;
  }
  update(peer, gradient);
  return loss / (float)rows;
}
