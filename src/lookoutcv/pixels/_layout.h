/* Where each number stands, as in `reference.LAYOUT`, and what makes loops quick. */
#ifndef LOOKOUTCV_LAYOUT_H
#define LOOKOUTCV_LAYOUT_H
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__)
#define VECTOR __attribute__((target_clones("avx2", "default")))
#else
#define VECTOR
#endif
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define QUICK_LUMA 1
#endif
#if defined(_MSC_VER)
#define restrict __restrict
#endif

enum {
    CHUNK = 224,       /* 3060^2 * 224 < 2^31: the largest squared residual of a chunk */
    WIDE_CHUNK = 2048, /* 255^2 * 2048 < 2^31 and 9 * 255 * 2048 < 2^31 */
    FLUSH_ROWS = 256,  /* 255 * 256 < 2^16 */
    TILE = 16,
    DETAIL_TILE = 8,
    PHASES = 8,
    SIDE = 32,
    EDGE = 128
};
enum { LUMA = 0, CHANNEL = 2, CHANNEL_SQUARE = 5, DETAIL = 8, COLOUR = 14, DARK = 20, ACROSS = 22, ACROSS_N = 30,
       DOWN = 38, DOWN_N = 46, CRETE = 54, HISTOGRAM_N = 58, GRADIENT = 59, TILE_DETAIL = 62, HISTOGRAM = 64, CLIPPED = 320,
       PHASH = 322, OUT = 323 };
enum { CLIPPED_LEVELS = 3, LOW = 8, FINE = 16, ONE = 16384, COSINES = 32 };

static inline int16_t magnitude(int16_t x) { return (int16_t)(x < 0 ? -x : x); }

/* The k-th smallest, counted from 0; the values are put in another order. */
#define KTH_SMALLEST(name, number)                                                                                       \
    static number name(number *values, ptrdiff_t n, ptrdiff_t k) {                                                       \
        ptrdiff_t low = 0, high = n - 1;                                                                                 \
        while (low < high) {                                                                                             \
            number middle = values[low + (high - low) / 2];                                                              \
            ptrdiff_t i = low, j = high;                                                                                 \
            while (i <= j) {                                                                                             \
                while (values[i] < middle) i++;                                                                          \
                while (values[j] > middle) j--;                                                                          \
                if (i <= j) {                                                                                            \
                    number kept = values[i];                                                                             \
                    values[i++] = values[j];                                                                             \
                    values[j--] = kept;                                                                                  \
                }                                                                                                        \
            }                                                                                                            \
            if (k <= j) high = j;                                                                                        \
            else if (k >= i) low = i;                                                                                    \
            else break;                                                                                                  \
        }                                                                                                                \
        return values[k];                                                                                                \
    }

#endif
