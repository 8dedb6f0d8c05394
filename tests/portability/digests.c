/* digests.c - prints a digest of each pass of random layers. */
#include <convlet/conv2d.h>
#include <convlet/dense.h>
#include <convlet/memory.h>
#include <inttypes.h>
#include <stdio.h>

/* Of convolutions by each algorithm, and dense layers, in either precision,
 * with the base instructions and one thread. */
enum { GEOMETRIES = 60, LAYERS = 20 };

static const cvl_exec ALONE = {.threads = 1, .isa = CVL_ISA_BASE};

/* Numbers that need no library: 0 to below `bound`, from a stream. */
static size_t draw(uint64_t *stream, size_t bound)
{
    *stream = *stream * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((*stream >> 33) % bound);
}

static void fill(uint64_t *stream, cvl_tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++)
        cvl_tensor_set(tensor, i, (double)draw(stream, 2000) / 1000.0 - 1);
}

/* FNV-1a of the bytes. */
static void print(const char *what, const cvl_tensor *tensor)
{
    const unsigned char *const bytes = tensor->data;
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < cvl_tensor_bytes(tensor); i++)
        sum = (sum ^ bytes[i]) * 1099511628211u;
    printf(" %s %016" PRIx64, what, sum);
}

static cvl_conv2d_geometry draw_geometry(uint64_t *stream)
{
    cvl_conv2d_geometry g = {.batch = 1 + draw(stream, 3),
                             .in_height = 1 + draw(stream, 40),
                             .in_width = 1 + draw(stream, 40),
                             .kernel_height = 1 + draw(stream, 5),
                             .kernel_width = 1 + draw(stream, 5),
                             .stride_y = 1 + draw(stream, 3),
                             .stride_x = 1 + draw(stream, 3),
                             .pad_top = draw(stream, 3),
                             .pad_bottom = draw(stream, 3),
                             .pad_left = draw(stream, 3),
                             .pad_right = draw(stream, 3),
                             .dilation_y = 1 + draw(stream, 2),
                             .dilation_x = 1 + draw(stream, 2),
                             .groups = 1 + draw(stream, 2)};
    g.in_channels = g.groups * (1 + draw(stream, 20));
    g.out_channels = g.groups * (1 + draw(stream, 40));
    return g;
}

/* x w y dx dw, and b db of the outputs. */
enum { X, W, Y, DX, DW, B, DB, ARRAYS };

static cvl_status make(cvl_tensor arrays[ARRAYS], cvl_dtype dtype,
                       const size_t x[4], const size_t w[4], const size_t y[4],
                       cvl_error *err)
{
    const size_t *const shapes[] = {x, w, y, x, w};
    cvl_status status = CVL_OK;
    for (size_t i = 0; i < ARRAYS; i++) arrays[i] = (cvl_tensor){0};
    for (size_t i = 0; i < ARRAYS && !status; i++)
        status = i < B ? cvl_tensor_init(&arrays[i], dtype, 4, shapes[i], err)
                       : cvl_tensor_init(&arrays[i], dtype, 1, &y[1], err);
    return status;
}

static void print_all(cvl_dtype dtype, const char *algorithm,
                      const cvl_tensor arrays[ARRAYS])
{
    printf("%s %s", cvl_dtype_name(dtype), algorithm);
    print("y", &arrays[Y]);
    print("dw", &arrays[DW]);
    print("db", &arrays[DB]);
    print("dx", &arrays[DX]);
    printf("\n");
}

static cvl_status convolve(const cvl_conv2d_geometry *g, cvl_dtype dtype,
                           cvl_conv_algo algo, uint64_t stream, cvl_error *err)
{
    cvl_conv2d conv;
    cvl_tensor a[ARRAYS];
    size_t x[4], w[4], y[4];
    void *work = NULL;
    cvl_status status = cvl_conv2d_init(&conv, g, dtype, algo, &ALONE, err);
    if (status) return status;
    cvl_conv2d_input_shape(g, x);
    cvl_conv2d_weight_shape(g, w);
    cvl_conv2d_output_shape(g, y);
    status = make(a, dtype, x, w, y, err);
    if (!status)
        status = cvl_alloc(&work, cvl_conv2d_work_bytes(&conv), "work", err);
    if (!status) {
        fill(&stream, &a[X]);
        fill(&stream, &a[W]);
        fill(&stream, &a[B]);
        cvl_conv2d_forward(&conv, &a[X], &a[W], &a[B], &a[Y], work);
        cvl_conv2d_grad_weight(&conv, &a[X], &a[Y], &a[DW], &a[DB], work);
        cvl_conv2d_grad_input(&conv, &a[W], &a[Y], &a[DX], work);
        print_all(dtype, cvl_conv_algo_name(algo), a);
    }
    for (size_t i = 0; i < ARRAYS; i++) cvl_tensor_free(&a[i]);
    cvl_free(work);
    cvl_conv2d_free(&conv);
    return status;
}

static cvl_status connect(cvl_dtype dtype, uint64_t stream, cvl_error *err)
{
    const size_t batch = 1 + draw(&stream, 40), inputs = 1 + draw(&stream, 600);
    const size_t outputs = 1 + draw(&stream, 40);
    const size_t x[4] = {batch, inputs, 1, 1}, w[4] = {outputs, inputs, 1, 1};
    const size_t y[4] = {batch, outputs, 1, 1};
    cvl_dense dense;
    cvl_tensor a[ARRAYS];
    void *work = NULL;
    cvl_status status = cvl_dense_init(&dense, batch, inputs, outputs, dtype,
                                       CVL_CONV_AUTO, &ALONE, err);
    if (!status) status = make(a, dtype, x, w, y, err);
    if (status) return status;
    status = cvl_alloc(&work, cvl_dense_work_bytes(&dense), "work", err);
    if (!status) {
        fill(&stream, &a[X]);
        fill(&stream, &a[W]);
        fill(&stream, &a[B]);
        cvl_dense_forward(&dense, &a[X], &a[W], &a[B], &a[Y], work);
        cvl_dense_grad_weight(&dense, &a[X], &a[Y], &a[DW], &a[DB], work);
        cvl_dense_grad_input(&dense, &a[W], &a[Y], &a[DX], work);
        print_all(dtype, cvl_dense_algorithm(&dense), a);
    }
    for (size_t i = 0; i < ARRAYS; i++) cvl_tensor_free(&a[i]);
    cvl_free(work);
    return status;
}

static cvl_status print_digests(cvl_error *err)
{
    static const cvl_conv_algo algorithms[] = {CVL_CONV_DIRECT, CVL_CONV_IM2COL,
                                               CVL_CONV_TILED};
    uint64_t stream = 1;
    cvl_status status = CVL_OK;
    for (size_t i = 0; i < GEOMETRIES;) {
        const cvl_conv2d_geometry g = draw_geometry(&stream);
        if (cvl_conv2d_geometry_check(&g, NULL)) continue;
        for (size_t k = 0; k < 6 && !status; k++)
            status = convolve(&g, k % 2 ? CVL_F64 : CVL_F32, algorithms[k / 2],
                              i, err);
        if (status) return status;
        i++;
    }
    for (size_t i = 0; i < LAYERS && !status; i++)
        status = connect(i % 2 ? CVL_F64 : CVL_F32, i, err);
    return status;
}

int main(void)
{
    cvl_error err;
    if (!print_digests(&err)) return 0;
    printf("%s\n", err.message);
    return 1;
}
