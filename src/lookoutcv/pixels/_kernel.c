/* One pass over an image's pixels, giving the whole numbers from which the metrics are computed.
 *
 * survey(pixels, height, width, step, luma, out)
 *
 * pixels: (height, width, 3) uint8, contiguous. luma: height * width bytes, written. out: 323 int64, written; its
 * layout is that of `survey.py`, whose numpy function computes the same numbers, bit for bit. Rows are processed in
 * chunks short enough that 32-bit sums cannot overflow, on 16-bit lanes that compilers turn into vector instructions.
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include "_hash.h"
#include "_reduced.h"
#include "_rows.h"
#include "_strongest.h"
#include "_tiles.h"

static int run(const uint8_t *pixels, int height, int width, int step, uint8_t *luma, int64_t *out) {
    size_t lane = ((size_t)width + 63) / 64 * 64;
    int factor = (height < width ? height : width) / 512, done = -1;
    int reduced_rows = factor > 1 ? height / factor : 0, reduced_columns = factor > 1 ? width / factor : 0;
    int16_t *lanes = malloc(lane * 8 * sizeof *lanes);
    uint8_t *least = malloc(lane * 3);
    uint32_t *totals = malloc(lane * sizeof *totals);
    uint8_t *reduced = malloc((size_t)reduced_rows * reduced_columns + 1);
    uint32_t tables[1024];
    int64_t blocks[SIDE * SIDE];
    if (lanes == NULL || least == NULL || totals == NULL || reduced == NULL) goto end;
    int16_t *r = lanes, *g = r + lane, *b = g + lane, *smooth = b + lane, *second = smooth + lane, *slope = second + lane;
    uint16_t *across = (uint16_t *)(slope + lane), *sums = across + lane;
    int bands = height >= SIDE && width >= SIDE ? SIDE : 1, band = 0, across_rows = 0, summed_rows = 0;
    memset(out, 0, OUT * sizeof *out);
    memset(tables, 0, sizeof tables);
    memset(across, 0, (size_t)width * sizeof *across);
    memset(sums, 0, (size_t)width * sizeof *sums);
    memset(totals, 0, (size_t)width * sizeof *totals);
    memset(least, 255, 3 * (size_t)width);

    for (ptrdiff_t y = 0; y < height; y++) {
        const uint8_t *rgb = pixels + (size_t)y * width * 3;
        uint8_t *row = luma + (size_t)y * width;
        lighten(rgb, width, row);
        out[LUMA + 1] += squares(row, width);
        darken(rgb, 3 * (ptrdiff_t)width, least);
        if (y % TILE == TILE - 1 || (y == height - 1 && height < TILE)) close_tiles(least, 3 * (ptrdiff_t)width, out + DARK);
        if (y % step == 0) {
            split(rgb, width, r, g, b);
            moments(r, width, out + CHANNEL, out + CHANNEL_SQUARE);
            moments(g, width, out + CHANNEL + 1, out + CHANNEL_SQUARE + 1);
            moments(b, width, out + CHANNEL + 2, out + CHANNEL_SQUARE + 2);
            colour(r, g, b, width, out + COLOUR);
            count_levels(row, width, tables);
            out[HISTOGRAM_N] += width;
            steps_across(row, width, across);
            if (++across_rows % FLUSH_ROWS == 0) flush(across, width, out + ACROSS);
        }
        if (y >= 2 && width >= 3 && (y - 2) % step == 0)
            detail(row - 2 * (size_t)width, row - width, row, width, smooth, second, slope, out + DETAIL);
        if (y > 0) {
            out[DOWN + (y - 1) % PHASES] += steps_down(row, row - width, width);
            out[DOWN_N + (y - 1) % PHASES] += width;
        }
        add_row(row, width, sums);
        int closes = y + 1 == (ptrdiff_t)(band + 1) * height / bands;
        if (++summed_rows == FLUSH_ROWS || closes) {
            add_sums(sums, width, totals);
            summed_rows = 0;
        }
        if (closes) {
            out[LUMA] += close_band(totals, width, bands == SIDE ? blocks + SIDE * band : NULL);
            memset(totals, 0, (size_t)width * sizeof *totals);
            band++;
        }
    }
    flush(across, width, out + ACROSS);
    for (ptrdiff_t i = 0; i < width - 1; i++) out[ACROSS_N + i % PHASES] += across_rows;
    for (ptrdiff_t i = 0; i < 256; i++)
        out[HISTOGRAM + i] = (int64_t)tables[i] + tables[256 + i] + tables[512 + i] + tables[768 + i];
    for (ptrdiff_t i = 0; i < CLIPPED_LEVELS; i++) {
        out[CLIPPED] += out[HISTOGRAM + i];
        out[CLIPPED + 1] += out[HISTOGRAM + 255 - i];
    }
    if (bands == SIDE) out[PHASH] = (int64_t)perceptual_hash(blocks, height, width);
    if (factor > 1) {
        reduce(luma, width, factor, reduced_rows, reduced_columns, sums, totals, reduced);
        done = plane_numbers(reduced, reduced_rows, reduced_columns, lanes, totals, out);
    } else {
        done = plane_numbers(luma, height, width, lanes, totals, out);
    }
end:
    free(lanes);
    free(least);
    free(totals);
    free(reduced);
    return done;
}

static PyObject *survey(PyObject *self, PyObject *args) {
    Py_buffer pixels, luma, out;
    int height, width, step, done = -1;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*iiiw*w*", &pixels, &height, &width, &step, &luma, &out))
        return NULL;
    int64_t area = (int64_t)height * width;
    int fits = height > 0 && width > 0 && step > 0 && pixels.len == 3 * area &&
               luma.len == area && out.len == (Py_ssize_t)(OUT * sizeof(int64_t));
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the buffers do not fit the image");
    } else {
        Py_BEGIN_ALLOW_THREADS
        done = run(pixels.buf, height, width, step, luma.buf, out.buf);
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

static PyObject *reduce_plane(PyObject *self, PyObject *args) {
    Py_buffer plane, out;
    int height, width, factor, done = -1;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*iiiw*", &plane, &height, &width, &factor, &out)) return NULL;
    int fits = factor > 0 && height >= factor && width >= factor && plane.len == (int64_t)height * width &&
               out.len == (int64_t)(height / factor) * (width / factor);
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the buffers do not fit the plane");
    } else {
        uint16_t *sums = malloc((size_t)width * sizeof *sums);
        uint32_t *totals = malloc((size_t)width * sizeof *totals);
        if (sums != NULL && totals != NULL) {
            Py_BEGIN_ALLOW_THREADS
            reduce(plane.buf, width, factor, height / factor, width / factor, sums, totals, out.buf);
            Py_END_ALLOW_THREADS
            done = 0;
        } else {
            PyErr_NoMemory();
        }
        free(sums);
        free(totals);
    }
    PyBuffer_Release(&plane);
    PyBuffer_Release(&out);
    if (done != 0) return NULL;
    Py_RETURN_NONE;
}

static PyObject *tiles(PyObject *self, PyObject *args) {
    Py_buffer plane, gradients, second, light, steps, counts;
    int height, width, top, bottom, done = -1;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*iiiiw*w*w*w*w*", &plane, &height, &width, &top, &bottom, &gradients, &second, &light, &steps,
                          &counts))
        return NULL;
    int64_t count = height > 0 && width > 0 ? (int64_t)(height / 16) * (width / 16) : 0;
    int fits = count > 0 && plane.len == (int64_t)height * width && top >= 0 && top < bottom && bottom <= height / 16 &&
               gradients.len == 72 * count && second.len == 8 * count && light.len == 8 * count && steps.len == 128 &&
               counts.len == 128;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the buffers do not fit the plane");
    } else {
        TileSums out = {gradients.buf, second.buf, light.buf, steps.buf, counts.buf, count};
        Py_BEGIN_ALLOW_THREADS
        done = tile_sums(plane.buf, height, width, top, bottom, &out);
        Py_END_ALLOW_THREADS
        if (done != 0) PyErr_NoMemory();
    }
    PyBuffer_Release(&plane);
    PyBuffer_Release(&gradients);
    PyBuffer_Release(&second);
    PyBuffer_Release(&light);
    PyBuffer_Release(&steps);
    PyBuffer_Release(&counts);
    if (done != 0) return NULL;
    Py_RETURN_NONE;
}

static PyObject *strongest(PyObject *self, PyObject *args) {
    Py_buffer plane, gradients, second, light, cosines, constants, out;
    int height, width, few, some, many, left, top, done = -1;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*iiy*y*y*y*y*iiiiiw*", &plane, &height, &width, &gradients, &second, &light, &cosines,
                          &constants, &few, &some, &many, &left, &top, &out))
        return NULL;
    int64_t count = height > 0 && width > 0 ? (int64_t)(height / 16) * (width / 16) : 0;
    int fits = count > 0 && plane.len == (int64_t)height * width && gradients.len == 72 * count && second.len == 8 * count &&
               light.len == 8 * count && cosines.len == 2 * FREQUENCIES * BLOCK * BLOCK &&
               constants.len == (Py_ssize_t)(CONSTANTS * sizeof(double)) && few > 0 && few <= count && some > 0 &&
               some <= count && many > 0 && many <= count && left >= 0 && top >= 0 &&
               out.len == (Py_ssize_t)(STRONGEST_OUT * sizeof(double));
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "the buffers do not fit the plane");
    } else {
        Choice how = {gradients.buf, second.buf, light.buf, cosines.buf, constants.buf, few, some, many, left, top};
        Py_BEGIN_ALLOW_THREADS
        done = strongest_numbers(plane.buf, height, width, &how, out.buf);
        Py_END_ALLOW_THREADS
        if (done != 0) PyErr_NoMemory();
    }
    PyBuffer_Release(&plane);
    PyBuffer_Release(&gradients);
    PyBuffer_Release(&second);
    PyBuffer_Release(&light);
    PyBuffer_Release(&cosines);
    PyBuffer_Release(&constants);
    PyBuffer_Release(&out);
    if (done != 0) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {{"survey", survey, METH_VARARGS, "The numbers of an image: see survey.py."},
                                {"levels", levels, METH_VARARGS, "Counts of R, G, B and luma: see survey.py."},
                                {"reduce", reduce_plane, METH_VARARGS, "Means of squares: see reduction.py."},
                                {"tiles", tiles, METH_VARARGS, "Sums of tiles: see sharpness/tiles.py."},
                                {"strongest", strongest, METH_VARARGS, "See sharpness/edges.py."},
                                {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_kernel",
                                    "One pass over the pixels of an image: see survey.py.", -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void) {
    fill_cosines();
    return PyModule_Create(&module);
}
