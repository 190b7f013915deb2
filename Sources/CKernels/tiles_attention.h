// Attention on packed operands. Included after tiles_products.h, once for each implementation.
//
// The including file defines CHUNK, the keys whose scores are in memory at a time, and QUERY_ROWS, the rows of a query
// group that must be computed. Keys are processed in chunks, with an online softmax of base 2: a weight is
// 2^(score - origin). The origin of a query is the largest score of its first chunk. If a later score exceeds the origin
// by more than MARGIN, the origin is raised and the sums so far are scaled. So no weight overflows whatever the scores are, and most chunks need no search
// for their largest score. The results of a query are independent of the other queries in its row group.
//
// While the vector units compute the weights of one chunk, the tile unit computes the scores of the next chunk and the
// weighted sums of the previous one.

#define CHUNK_PANELS (CHUNK / UNIT)

/// The largest excess of a score over its origin, as a power of two. A sum over 2^11 keys of values up to 2^100 does
/// not overflow.
#define MARGIN 16.0f

typedef struct {
  /// [chunk % 2][query][key].
  _Alignas(64) float scores[2][UNIT][CHUNK];
  /// Units of a left operand [query, key], of a chunk and of the previous one.
  _Alignas(64) char weights[2][CHUNK_PANELS * UNIT_BYTES(PARTS_LIMIT)];
  /// The sums of a query's weights, over all chunks and over the last one, in one partial sum per lane.
  _Alignas(64) float sums[UNIT][WIDTH];
  _Alignas(64) float chunk_sums[UNIT][WIDTH];
  float origin[UNIT];
  /// [steps][query][UNIT]: the weighted sums of values, one panel per step.
  _Alignas(64) float output[][UNIT][UNIT];
} attention_scratch;

// Minimax in the relative error, like those in functions.h.
#define POWER_LOW_0 0.99992806f
#define POWER_LOW_1 0.693261f
#define POWER_LOW_2 0.24261113f
#define POWER_LOW_3 0.05517167f
#define POWER_HIGH_0 1.0000001f
#define POWER_HIGH_1 0.69314694f
#define POWER_HIGH_2 0.2402212f
#define POWER_HIGH_3 0.05550713f
#define POWER_HIGH_4 0.009675541f
#define POWER_HIGH_5 0.0013276472f

/// 2^x for x up to MARGIN; 0 below -127. The relative error is 2^-22, or 2^-13 with a degree of 3.
INLINE vector power(const int degree, vector x) {
  const vector in_range = choose(x < -127.0f, splat(-127.0f), x);
  // Adding 1.5 x 2^23 rounds to an integer; 127 more make its low bits the exponent.
  const vector shift = splat(12582912.0f + 127.0f);
  const vector shifted = in_range + shift;
  const vector r = in_range - (shifted - shift);
  vector p;
  if (degree == 3) {
    p = splat(POWER_LOW_3);
    p = multiply_add(p, r, splat(POWER_LOW_2));
    p = multiply_add(p, r, splat(POWER_LOW_1));
    p = multiply_add(p, r, splat(POWER_LOW_0));
  } else {
    p = splat(POWER_HIGH_5);
    p = multiply_add(p, r, splat(POWER_HIGH_4));
    p = multiply_add(p, r, splat(POWER_HIGH_3));
    p = multiply_add(p, r, splat(POWER_HIGH_2));
    p = multiply_add(p, r, splat(POWER_HIGH_1));
    p = multiply_add(p, r, splat(POWER_HIGH_0));
  }
  return p * from_bits(bits_of(shifted) << 23);
}

/// Computes the scores of one panel of a chunk; beyond the last key they are -inf.
INLINE void score_panel(const int parts, TILES_PARAMETER const ckernels_tile_attention *attention, size_t chunk,
                        size_t panel, attention_scratch *scratch) {
  float *scores = &scratch->scores[chunk % 2][0][panel * UNIT];
  const size_t first = chunk * CHUNK + panel * UNIT, steps = attention->steps;
  const size_t rest = first < attention->key_count ? attention->key_count - first : 0;
  const size_t count = rest < UNIT ? rest : UNIT;
  if (count > 0) {
    block_product(parts, TILES_ARGUMENT attention->query,
                  (const char *)attention->keys + first / UNIT * steps * UNIT_BYTES(parts), QUERY_ROWS(attention),
                  steps * UNIT, count, scores, CHUNK, false);
  }
  for (size_t row = 0; count < UNIT && row < QUERY_ROWS(attention); row++) {
    for (size_t column = count; column < UNIT; column++) {
      scores[row * CHUNK + column] = -__builtin_inff();
    }
  }
}

/// Adds the product of a chunk's weights and a panel of the values to the output.
INLINE void weigh_panel(const int parts, TILES_PARAMETER const ckernels_tile_attention *attention, size_t chunk,
                        size_t panel, attention_scratch *scratch) {
  const size_t key_groups = (attention->key_count + UNIT - 1) / UNIT, first = chunk * CHUNK;
  const size_t rest = attention->key_count - first;
  block_product(parts, TILES_ARGUMENT scratch->weights[chunk % 2],
                (const char *)attention->values + (panel * key_groups + first / UNIT) * UNIT_BYTES(parts),
                QUERY_ROWS(attention), rest < CHUNK ? rest : CHUNK, UNIT, &scratch->output[panel][0][0], UNIT, true);
}

/// Computes the weights of some queries for a chunk. excess: updated to the largest excess of a score over its origin.
INLINE void weigh_rows(const int parts, size_t chunk, size_t first, size_t count, attention_scratch *scratch,
                       vector *excess) {
  for (size_t row = first; row < first + count; row++) {
    const float *scores = scratch->scores[chunk % 2][row];
    const vector origin = splat(scratch->origin[row]);
    vector sum = splat(0.0f);
    for (size_t panel = 0; panel < CHUNK_PANELS; panel++) {
      vector weight[UNIT_VECTORS];
      for (size_t part = 0; part < UNIT_VECTORS; part++) {
        const vector over = load(scores + panel * UNIT + part * WIDTH) - origin;
        *excess = larger(over, *excess);
        weight[part] = power(POWER_DEGREE(parts), over);
        sum += weight[part];
      }
      store_left(parts, scratch->weights[chunk % 2] + panel * UNIT_BYTES(parts), row, weight);
    }
    store(scratch->chunk_sums[row], sum);
  }
}

/// Raises origins that the chunk's largest score exceeds by more than MARGIN to that score, and scales the sums so far.
static __attribute__((noinline)) void raise_origins(size_t rows, size_t steps, size_t chunk,
                                                    attention_scratch *scratch) {
  for (size_t row = 0; row < rows; row++) {
    vector largest = splat(scratch->origin[row]);
    for (size_t column = 0; column < CHUNK; column += WIDTH) {
      largest = larger(load(scratch->scores[chunk % 2][row] + column), largest);
    }
    const float origin = largest_of_lanes(largest);
    if (!(origin - scratch->origin[row] > MARGIN)) {
      continue;
    }
    const vector factor = power(5, splat(scratch->origin[row] - origin));
    scratch->origin[row] = origin;
    store(scratch->sums[row], load(scratch->sums[row]) * factor);
    for (size_t step = 0; step < steps; step++) {
      for (size_t part = 0; part < UNIT_VECTORS; part++) {
        float *output = scratch->output[step][row] + part * WIDTH;
        store(output, load(output) * factor);
      }
    }
  }
}

/// Divides the output by the sums of the weights, and packs it as a left operand.
INLINE void store_attention(const int parts, const ckernels_tile_attention *attention,
                             const attention_scratch *scratch) {
  for (size_t row = 0; row < UNIT; row++) {
    const bool is_query = row < QUERY_ROWS(attention);
    const vector factor = splat(is_query ? 1.0f / sum_of_lanes(load(scratch->sums[row])) : 0.0f);
    for (size_t step = 0; step < attention->steps; step++) {
      vector x[UNIT_VECTORS];
      for (size_t part = 0; part < UNIT_VECTORS; part++) {
        x[part] = is_query ? load(scratch->output[step][row] + part * WIDTH) * factor : factor;
      }
      store_left(parts, (char *)attention->output + step * UNIT_BYTES(parts), row, x);
    }
  }
}

INLINE void attend_all(const int parts, const ckernels_tile_attention *attention, void *memory) {
  attention_scratch *scratch = memory;
  const size_t chunks = (attention->key_count + CHUNK - 1) / CHUNK, steps = attention->steps;
  const size_t rows = QUERY_ROWS(attention);
  memset(scratch->sums, 0, sizeof(scratch->sums));
  memset(scratch->output, 0, steps * sizeof(scratch->output[0]));
  for (size_t row = 0; row < rows; row++) {
    // Less than all scores except -inf, whose difference from it is still -inf.
    scratch->origin[row] = -FLT_MAX;
  }
  TILES_BEGIN;
  for (size_t panel = 0; panel < CHUNK_PANELS; panel++) {
    score_panel(parts, TILES_ARGUMENT attention, 0, panel, scratch);
  }
  raise_origins(rows, steps, 0, scratch);
  for (size_t chunk = 0; chunk < chunks; chunk++) {
    vector excess = splat(0.0f);
    for (size_t quarter = 0; quarter < CHUNK_PANELS; quarter++) {
      if (chunk + 1 < chunks) {
        score_panel(parts, TILES_ARGUMENT attention, chunk + 1, quarter, scratch);
      }
      for (size_t step = quarter; chunk > 0 && step < steps; step += CHUNK_PANELS) {
        weigh_panel(parts, TILES_ARGUMENT attention, chunk - 1, step, scratch);
      }
      const size_t first = quarter * rows / CHUNK_PANELS;
      weigh_rows(parts, chunk, first, (quarter + 1) * rows / CHUNK_PANELS - first, scratch, &excess);
    }
    if (largest_of_lanes(excess) > MARGIN) {
      raise_origins(rows, steps, chunk, scratch);
      weigh_rows(parts, chunk, 0, rows, scratch, &excess);
    }
    for (size_t row = 0; row < rows; row++) {
      store(scratch->sums[row], load(scratch->sums[row]) + load(scratch->chunk_sums[row]));
    }
  }
  for (size_t step = 0; step < steps; step++) {
    weigh_panel(parts, TILES_ARGUMENT attention, chunks - 1, step, scratch);
  }
  TILES_END;
  store_attention(parts, attention, scratch);
}
