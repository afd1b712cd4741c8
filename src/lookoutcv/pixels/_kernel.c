/* One pass over an image's pixels, giving the whole numbers from which the metrics are computed.
 *
 * survey(pixels, height, width, detail_step, colour_step, luma, out)
 *
 * pixels: (height, width, 3) uint8, contiguous. luma: height * width bytes, written. out: 1344 int64, written; its
 * layout is that of `survey.py`, whose numpy function computes the same numbers, bit for bit. Rows are processed in
 * chunks short enough that 32-bit sums cannot overflow, on 16-bit lanes that compilers turn into vector instructions.
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__)
#define VECTOR __attribute__((target_clones("avx2", "default")))
#else
#define VECTOR
#endif
#if defined(_MSC_VER)
#define restrict __restrict
#endif

enum {
    CHUNK = 224,       /* 3060^2 * 224 < 2^31: the largest squared residual of a chunk */
    WIDE_CHUNK = 2048, /* 255^2 * 2048 < 2^31 and 9 * 255 * 2048 < 2^31 */
    FLUSH_ROWS = 256,  /* 255 * 256 < 2^16 */
    TILE = 16,
    PHASES = 8,
    SIDE = 32,
    EDGE = 128
};
enum { SUM = 0, SQUARE = 4, DETAIL = 8, COLOUR = 14, DARK = 20, ACROSS = 22, ACROSS_N = 30, DOWN = 38, DOWN_N = 46,
       CRETE = 54, HISTOGRAM_N = 58, HISTOGRAM = 64, BLOCKS = 320, OUT = 1344 };

static inline int16_t magnitude(int16_t x) { return (int16_t)(x < 0 ? -x : x); }

VECTOR static void split(const uint8_t *restrict rgb, ptrdiff_t n, int16_t *restrict r, int16_t *restrict g,
                         int16_t *restrict b, uint8_t *restrict luma) {
    for (ptrdiff_t i = 0; i < n; i++) {
        uint16_t red = rgb[3 * i], green = rgb[3 * i + 1], blue = rgb[3 * i + 2];
        r[i] = (int16_t)red;
        g[i] = (int16_t)green;
        b[i] = (int16_t)blue;
        luma[i] = (uint8_t)((uint16_t)(77 * red + 150 * green + 29 * blue + 128) >> 8);
    }
}

VECTOR static void moments(const int16_t *restrict v, ptrdiff_t n, int64_t *sum, int64_t *square) {
    for (ptrdiff_t start = 0; start < n; start += WIDE_CHUNK) {
        ptrdiff_t end = n - start < WIDE_CHUNK ? n : start + WIDE_CHUNK;
        int32_t s = 0, q = 0;
        for (ptrdiff_t i = start; i < end; i++) {
            s += v[i];
            q += v[i] * v[i];
        }
        *sum += s;
        *square += q;
    }
}

VECTOR static void widen(const uint8_t *restrict v, ptrdiff_t n, int16_t *restrict out) {
    for (ptrdiff_t i = 0; i < n; i++) out[i] = v[i];
}

VECTOR static void darkest(const int16_t *restrict r, const int16_t *restrict g, const int16_t *restrict b, ptrdiff_t n,
                           int16_t *restrict least) {
    for (ptrdiff_t i = 0; i < n; i++) {
        int16_t m = r[i] < g[i] ? r[i] : g[i];
        m = m < b[i] ? m : b[i];
        least[i] = least[i] < m ? least[i] : m;
    }
}

VECTOR static void detail(const uint8_t *restrict north, const uint8_t *restrict here, const uint8_t *restrict south,
                          ptrdiff_t n, int16_t *restrict smooth, int16_t *restrict second, int16_t *restrict slope,
                          int64_t *out) {
    for (ptrdiff_t i = 0; i < n; i++) {
        int16_t a = north[i], c = here[i], s = south[i];
        smooth[i] = (int16_t)(a + 2 * c + s);
        second[i] = (int16_t)(a - 2 * c + s);
        slope[i] = (int16_t)(s - a);
    }
    for (ptrdiff_t start = 1; start < n - 1; start += CHUNK) {
        ptrdiff_t length = n - 1 - start < CHUNK ? n - 1 - start : CHUNK;
        const int16_t *v = smooth + start, *d = second + start, *y = slope + start;
        const uint8_t *c = here + start;
        int32_t laplacian = 0, laplacian2 = 0, residual2 = 0, noise = 0, edges = 0;
        for (ptrdiff_t i = 0; i < length; i++) {
            int16_t lap = (int16_t)(d[i] - 2 * c[i] + c[i - 1] + c[i + 1]);
            int16_t res = (int16_t)(16 * c[i] - v[i - 1] - 2 * v[i] - v[i + 1]);
            int16_t imm = (int16_t)(d[i - 1] - 2 * d[i] + d[i + 1]);
            int16_t gx = (int16_t)(v[i + 1] - v[i - 1]);
            int16_t gy = (int16_t)(y[i - 1] + 2 * y[i] + y[i + 1]);
            laplacian += lap;
            laplacian2 += lap * lap;
            residual2 += res * res;
            noise += magnitude(imm);
            edges += (int16_t)(magnitude(gx) + magnitude(gy)) > EDGE;
        }
        out[0] += laplacian;
        out[1] += laplacian2;
        out[2] += residual2;
        out[3] += noise;
        out[4] += edges;
    }
    out[5] += n - 2;
}

VECTOR static void colour(const int16_t *restrict r, const int16_t *restrict g, const int16_t *restrict b, ptrdiff_t n,
                          int64_t *out) {
    for (ptrdiff_t start = 0; start < n; start += CHUNK) {
        ptrdiff_t length = n - start < CHUNK ? n - start : CHUNK;
        const int16_t *red = r + start, *green = g + start, *blue = b + start;
        int32_t rg = 0, rg2 = 0, yb = 0, yb2 = 0, saturation = 0;
        for (ptrdiff_t i = 0; i < length; i++) {
            int16_t u = (int16_t)(red[i] - green[i]), v = (int16_t)(red[i] + green[i] - 2 * blue[i]);
            int16_t most = red[i] > green[i] ? red[i] : green[i], least = red[i] < green[i] ? red[i] : green[i];
            most = most > blue[i] ? most : blue[i];
            least = least < blue[i] ? least : blue[i];
            int16_t divisor = most > 1 ? most : 1;
            rg += u;
            rg2 += u * u;
            yb += v;
            yb2 += v * v;
            /* Exactly rounded division, then a whole number: the same on every machine. */
            saturation += (int32_t)((float)(most - least) / (float)divisor * 65536.0f);
        }
        out[0] += rg;
        out[1] += rg2;
        out[2] += yb;
        out[3] += yb2;
        out[4] += saturation;
    }
    out[5] += n;
}

VECTOR static void steps_across(const uint8_t *restrict row, ptrdiff_t n, uint16_t *restrict sums) {
    for (ptrdiff_t i = 0; i < n - 1; i++) sums[i] += (uint16_t)magnitude((int16_t)(row[i + 1] - row[i]));
}

VECTOR static int64_t steps_down(const uint8_t *restrict a, const uint8_t *restrict b, ptrdiff_t n) {
    int64_t total = 0;
    for (ptrdiff_t start = 0; start < n; start += WIDE_CHUNK) {
        ptrdiff_t end = n - start < WIDE_CHUNK ? n : start + WIDE_CHUNK;
        int32_t s = 0;
        for (ptrdiff_t i = start; i < end; i++) s += magnitude((int16_t)(a[i] - b[i]));
        total += s;
    }
    return total;
}

/* Differences between neighbours a - b, times 9, and what of them a box blur of 9 loses: the difference of two
 * neighbouring boxes is c - d, the pixel that enters minus the pixel that leaves. */
VECTOR static void survive(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c,
                           const uint8_t *restrict d, ptrdiff_t n, int64_t *out) {
    for (ptrdiff_t start = 0; start < n; start += WIDE_CHUNK) {
        ptrdiff_t end = n - start < WIDE_CHUNK ? n : start + WIDE_CHUNK;
        int32_t before = 0, lost = 0;
        for (ptrdiff_t i = start; i < end; i++) {
            int16_t p = (int16_t)(9 * magnitude((int16_t)(a[i] - b[i])));
            int16_t z = (int16_t)(p - magnitude((int16_t)(c[i] - d[i])));
            before += p;
            lost += z > 0 ? z : 0;
        }
        out[0] += before;
        out[1] += lost;
    }
}

VECTOR static void add_row(const uint8_t *restrict row, ptrdiff_t n, uint32_t *restrict sums) {
    for (ptrdiff_t i = 0; i < n; i++) sums[i] += row[i];
}

static void count_levels(const uint8_t *row, int n, uint32_t *tables) {
    /* Four tables, so that a run of equal levels does not wait for its own last store. */
    int i = 0;
    for (; i + 8 <= n; i += 8) {
        tables[row[i]]++;
        tables[256 + row[i + 1]]++;
        tables[512 + row[i + 2]]++;
        tables[768 + row[i + 3]]++;
        tables[row[i + 4]]++;
        tables[256 + row[i + 5]]++;
        tables[512 + row[i + 6]]++;
        tables[768 + row[i + 7]]++;
    }
    for (; i < n; i++) tables[row[i]]++;
}

/* The plane reduced by a whole factor: means of factor x factor pixels, rounded. */
static void reduce(const uint8_t *luma, int width, int factor, int rows, int columns, uint32_t *sums, uint8_t *out) {
    uint32_t area = (uint32_t)factor * factor;
    for (ptrdiff_t y = 0; y < rows; y++) {
        memset(sums, 0, (size_t)width * sizeof *sums);
        for (ptrdiff_t k = 0; k < factor; k++) add_row(luma + ((size_t)y * factor + k) * width, width, sums);
        for (ptrdiff_t x = 0; x < columns; x++) {
            uint32_t total = area / 2;
            for (ptrdiff_t k = 0; k < factor; k++) total += sums[(size_t)x * factor + k];
            out[(size_t)y * columns + x] = (uint8_t)(total / area);
        }
    }
}

static void blur(const uint8_t *plane, int rows, int columns, int64_t *out) {
    int step = (int64_t)rows * columns > 65536 ? 5 : 1;
    if (columns >= 10)
        for (ptrdiff_t y = 0; y < rows; y += step) {
            const uint8_t *p = plane + (size_t)y * columns;
            survive(p + 5, p + 4, p + 9, p, columns - 9, out);
        }
    for (ptrdiff_t y = 4; y + 5 < rows; y += step) {
        const uint8_t *p = plane + (size_t)y * columns;
        survive(p + columns, p, p + 5 * (size_t)columns, p - 4 * (size_t)columns, columns, out + 2);
    }
}

static void flush(uint16_t *sums, int n, int64_t *phases) {
    for (ptrdiff_t i = 0; i < n - 1; i++) phases[i % PHASES] += sums[i];
    memset(sums, 0, (size_t)n * sizeof *sums);
}

/* Whole tiles only, where the image holds one: the darkest of fewer pixels is less dark. */
static void close_tiles(int16_t *least, int n, int64_t *out) {
    for (ptrdiff_t start = 0; start + TILE <= n || start == 0; start += TILE) {
        ptrdiff_t end = n - start < TILE ? n : start + TILE;
        int16_t m = 255;
        for (ptrdiff_t i = start; i < end; i++) m = least[i] < m ? least[i] : m;
        out[0] += m;
        out[1] += 1;
    }
    for (ptrdiff_t i = 0; i < n; i++) least[i] = 255;
}

static void close_band(const uint32_t *sums, int width, int64_t *out) {
    for (ptrdiff_t k = 0; k < SIDE; k++)
        for (ptrdiff_t x = (int)((int64_t)k * width / SIDE); x < (int)((int64_t)(k + 1) * width / SIDE); x++) out[k] += sums[x];
}

static int run(const uint8_t *pixels, int height, int width, int detail_step, int colour_step, uint8_t *luma,
               int64_t *out) {
    size_t lane = ((size_t)width + 63) / 64 * 64;
    int factor = (height < width ? height : width) / 512;
    int reduced_rows = factor > 1 ? height / factor : 0, reduced_columns = factor > 1 ? width / factor : 0;
    int16_t *lanes = malloc(lane * 9 * sizeof(int16_t));
    uint32_t *sums = malloc(lane * sizeof *sums);
    uint8_t *reduced = malloc((size_t)reduced_rows * reduced_columns + 1);
    uint32_t tables[1024];
    if (lanes == NULL || sums == NULL || reduced == NULL) {
        free(lanes);
        free(sums);
        free(reduced);
        return -1;
    }
    int16_t *r = lanes, *g = r + lane, *b = g + lane, *l = b + lane, *smooth = l + lane, *second = smooth + lane,
            *slope = second + lane, *least = slope + lane;
    uint16_t *across = (uint16_t *)(least + lane);
    int band = 0, across_rows = 0;
    memset(out, 0, OUT * sizeof *out);
    memset(tables, 0, sizeof tables);
    memset(across, 0, (size_t)width * sizeof *across);
    memset(sums, 0, (size_t)width * sizeof *sums);
    for (ptrdiff_t i = 0; i < width; i++) least[i] = 255;

    for (ptrdiff_t y = 0; y < height; y++) {
        uint8_t *row = luma + (size_t)y * width;
        split(pixels + (size_t)y * width * 3, width, r, g, b, row);
        widen(row, width, l);
        moments(r, width, out + SUM, out + SQUARE);
        moments(g, width, out + SUM + 1, out + SQUARE + 1);
        moments(b, width, out + SUM + 2, out + SQUARE + 2);
        moments(l, width, out + SUM + 3, out + SQUARE + 3);
        darkest(r, g, b, width, least);
        if (y % TILE == TILE - 1 || (y == height - 1 && height < TILE)) close_tiles(least, width, out + DARK);
        if (y % colour_step == 0) colour(r, g, b, width, out + COLOUR);
        if (y >= 2 && width >= 3 && (y - 2) % detail_step == 0)
            detail(row - 2 * (size_t)width, row - width, row, width, smooth, second, slope, out + DETAIL);
        if (y % detail_step == 0) {
            count_levels(row, width, tables);
            out[HISTOGRAM_N] += width;
            steps_across(row, width, across);
            if (++across_rows % FLUSH_ROWS == 0) flush(across, width, out + ACROSS);
        }
        if (y > 0) {
            out[DOWN + (y - 1) % PHASES] += steps_down(row, row - width, width);
            out[DOWN_N + (y - 1) % PHASES] += width;
        }
        if (height >= SIDE && width >= SIDE) {
            add_row(row, width, sums);
            if (y + 1 == (int)((int64_t)(band + 1) * height / SIDE)) {
                close_band(sums, width, out + BLOCKS + SIDE * band);
                memset(sums, 0, (size_t)width * sizeof *sums);
                band++;
            }
        }
    }
    flush(across, width, out + ACROSS);
    for (ptrdiff_t i = 0; i < width - 1; i++) out[ACROSS_N + i % PHASES] += across_rows;
    for (ptrdiff_t i = 0; i < 256; i++)
        out[HISTOGRAM + i] = (int64_t)tables[i] + tables[256 + i] + tables[512 + i] + tables[768 + i];
    if (factor > 1) {
        reduce(luma, width, factor, reduced_rows, reduced_columns, sums, reduced);
        blur(reduced, reduced_rows, reduced_columns, out + CRETE);
    } else {
        blur(luma, height, width, out + CRETE);
    }
    free(lanes);
    free(sums);
    free(reduced);
    return 0;
}

static PyObject *survey(PyObject *self, PyObject *args) {
    Py_buffer pixels, luma, out;
    int height, width, detail_step, colour_step, done = -1;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*iiiiw*w*", &pixels, &height, &width, &detail_step, &colour_step, &luma, &out))
        return NULL;
    int64_t area = (int64_t)height * width;
    int fits = height > 0 && width > 0 && detail_step > 0 && colour_step > 0 && pixels.len == 3 * area &&
               luma.len == area && out.len == (Py_ssize_t)(OUT * sizeof(int64_t));
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the buffers do not fit the image");
    } else {
        Py_BEGIN_ALLOW_THREADS
        done = run(pixels.buf, height, width, detail_step, colour_step, luma.buf, out.buf);
        Py_END_ALLOW_THREADS
        if (done != 0) PyErr_NoMemory();
    }
    PyBuffer_Release(&pixels);
    PyBuffer_Release(&luma);
    PyBuffer_Release(&out);
    if (done != 0) return NULL;
    Py_RETURN_NONE;
}

static void count_channels(const uint8_t *pixels, const uint8_t *luma, ptrdiff_t n, int64_t *out) {
    /* Two tables a channel, for the same reason as above; 32 bits would overflow beyond 2^32 pixels only. */
    static const int tables = 2;
    uint32_t counts[2][4][256];
    memset(counts, 0, sizeof counts);
    for (ptrdiff_t i = 0; i < n; i++) {
        uint32_t(*table)[256] = counts[i % tables];
        table[0][pixels[3 * i]]++;
        table[1][pixels[3 * i + 1]]++;
        table[2][pixels[3 * i + 2]]++;
        table[3][luma[i]]++;
    }
    for (int c = 0; c < 4; c++)
        for (int level = 0; level < 256; level++)
            out[256 * c + level] = (int64_t)counts[0][c][level] + counts[1][c][level];
}

static PyObject *levels(PyObject *self, PyObject *args) {
    Py_buffer pixels, luma, out;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*y*w*", &pixels, &luma, &out)) return NULL;
    int fits = pixels.len == 3 * luma.len && out.len == (Py_ssize_t)(4 * 256 * sizeof(int64_t));
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the buffers do not fit the image");
    } else {
        Py_BEGIN_ALLOW_THREADS
        count_channels(pixels.buf, luma.buf, luma.len, out.buf);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&pixels);
    PyBuffer_Release(&luma);
    PyBuffer_Release(&out);
    if (!fits) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {{"survey", survey, METH_VARARGS, "The numbers of an image: see survey.py."},
                                {"levels", levels, METH_VARARGS, "Counts of R, G, B and luma: see survey.py."},
                                {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_kernel",
                                    "One pass over the pixels of an image: see survey.py.", -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void) { return PyModule_Create(&module); }
