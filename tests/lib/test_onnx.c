/* test_onnx.c - what an ONNX file holds, read back field by field. */
#include "convlet/onnx.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/byte_order.h"
#include "expect.h"

/* Fields of onnx.proto: those that are messages, with what they are, and names
 * for the others. */
enum { BYTES = 'b' };
struct field {
    char message; /* Model, Graph, Node, Attribute, Tensor, Value, .. */
    unsigned number;
    const char *name;
    char child; /* 0: a number or a text; BYTES: as many are listed */
};
static const struct field fields[] = {
    {'M', 1, "ir", 0},
    {'M', 2, "producer", 0},
    {'M', 3, "version", 0},
    {'M', 6, "words", 0},
    {'M', 7, "graph", 'G'},
    {'M', 8, "opset", 'O'},
    {'M', 14, "says", 'S'},
    {'O', 2, "", 0},
    {'S', 1, "", 0},
    {'S', 2, "", 0},
    {'G', 1, "\nnode", 'N'},
    {'G', 2, "name", 0},
    {'G', 5, "\ntensor", 'T'},
    {'G', 11, "\ninput", 'V'},
    {'G', 12, "\noutput", 'V'},
    {'N', 1, "", 0},
    {'N', 2, ">", 0},
    {'N', 4, "=", 0},
    {'N', 5, "", 'A'},
    {'A', 1, "", 0},
    {'A', 2, ".", 0},
    {'A', 3, "", 0},
    {'A', 4, "", 0},
    {'A', 8, "", 0},
    {'A', 20, "kind", 0},
    {'T', 1, "", 0},
    {'T', 2, "type", 0},
    {'T', 8, "", 0},
    {'T', 9, "bytes", BYTES},
    {'V', 1, "", 0},
    {'V', 2, "", 'Y'},
    {'Y', 1, "", 'E'},
    {'E', 1, "type", 0},
    {'E', 2, "", 'H'},
    {'H', 1, "", 'D'},
    {'D', 1, "", 0},
    {'D', 2, "", 0},
};

static char text[8192];
static size_t used;

static void add(const char *format, const char *name, uint64_t number)
{
    used +=
        (size_t)snprintf(text + used, sizeof text - used, format, name, number);
    ck_assert_uint_lt(used, sizeof text);
}

static const struct field *find(char message, uint64_t number)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].message == message && fields[i].number == number)
            return &fields[i];
    ck_abort_msg("%c has no field %d", message, (int)number);
}

static uint64_t varint(const unsigned char **at, const unsigned char *end)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        ck_assert(*at < end && shift < 64);
        value |= (uint64_t)(**at & 0x7f) << shift;
        if (*(*at)++ < 0x80) return value;
    }
}

/* Appends what a message holds: names, numbers and texts in its order. */
static void list(char message, const unsigned char *at,
                 const unsigned char *end)
{
    while (at < end) {
        const uint64_t key = varint(&at, end);
        const struct field *const f = find(message, key >> 3);
        if ((key & 7) == 0) {
            add("%s %ju", f->name, varint(&at, end));
            continue;
        }
        if ((key & 7) == 5) {
            float number;
            cvl_copy_little_endian(&number, at, sizeof number, 1);
            used += (size_t)snprintf(text + used, sizeof text - used, "%s %g",
                                     f->name, (double)number);
            at += 4;
            continue;
        }
        ck_assert_uint_eq(key & 7, 2);
        const uint64_t size = varint(&at, end);
        ck_assert_uint_le(size, (size_t)(end - at));
        if (f->child && f->child != BYTES) {
            add("%s(", f->name, 0);
            list(f->child, at, at + size);
            add(")", "", 0);
        } else if (f->child) {
            add(" %s %ju", f->name, size);
        } else {
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s '%.*s'",
                                 f->name, (int)size, (const char *)at);
        }
        at += size;
    }
    ck_assert(at == end);
}

static void build(cvl_net *net, const char *spec, cvl_dtype dtype,
                  const size_t shape[4])
{
    cvl_net_config config = {
        .spec = spec, .dtype = dtype, .exec = cvl_exec_default()};
    cvl_error err;
    memcpy(config.input_shape, shape, sizeof config.input_shape);
    expect_ok(cvl_net_build(net, &config, &err), err);
    for (size_t i = 0; i < net->param_count; i++)
        for (size_t k = 0; k < net->params[i].value.count; k++)
            cvl_tensor_set(&net->params[i].value, k, (double)(k + 1) / 4);
}

/* The text of the file of a net on an input of this shape; from its graph on.
 */
static const char *graph_of(const cvl_model_about *about, cvl_dtype dtype,
                            const size_t shape[4], bool is_fixed)
{
    cvl_net net;
    cvl_bytes bytes, again;
    cvl_onnx_summary summary;
    cvl_error err;
    build(&net, about->spec, dtype, shape);
    expect_ok(cvl_onnx_format(about, &net, "words", &bytes, &summary, &err),
              err);
    ck_assert_int_eq(summary.is_fixed, is_fixed);
    expect_ok(cvl_onnx_format(about, &net, "words", &again, NULL, &err), err);
    ck_assert_uint_eq(bytes.size, again.size);
    ck_assert(!memcmp(bytes.data, again.data, bytes.size));
    used = 0;
    list('M', bytes.data, bytes.data + bytes.size);
    cvl_bytes_free(&again);
    cvl_bytes_free(&bytes);
    cvl_net_free(&net);
    return text;
}

/* The operators, tensors, input and output of a net on 4 x 13 x 12 numbers. */
static const struct made {
    const char *spec;
    bool is_fixed;
    const char *graph;
} made[] = {
    {"conv 2 3x2 stride=2x1 padding=1x0x2x1 dilation=1x2 groups=2 bias=no",
     false,
     "\nnode( 'input' '0.weight'> 'output'= 'Conv'( 'kernel_shape' 3 2kind 7)( "
     "'strides' 2 1kind 7)( 'dilations' 1 2kind 7)( 'pads' 1 2 0 1kind 7)( "
     "'group' 2kind 2))name 'convlet'"
     "\ntensor( 2 2 3 2type 1 '0.weight' bytes 96)"
     "\ninput( 'input'((type 1(( 'N')( 4)( 'H')( 'W')))))"
     "\noutput( 'output'((type 1(( 'N')( 2)( 'output_H')( 'output_W')))))"},
    {"conv 4 1x3 tied=yes groups=2", false,
     "\nnode( 'input' '0.weight' '0.bias'> 'output'= 'Conv'( 'kernel_shape' 1 "
     "3kind 7)( 'strides' 1 1kind 7)( 'dilations' 1 1kind 7)( 'pads' 0 0 0 "
     "0kind 7)( 'group' 2kind 2))name 'convlet'"
     "\ntensor( 4 2 1 3type 1 '0.weight' bytes 96)"
     "\ntensor( 4type 1 '0.bias' bytes 16)"
     "\ninput( 'input'((type 1(( 'N')( 4)( 'H')( 'W')))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 'output_H')( 'output_W')))))"},
    {"conv 3 3x3 stride=2 padding=fit", true,
     "\nnode( 'input' '0.weight' '0.bias'> 'output'= 'Conv'( 'kernel_shape' 3 "
     "3kind 7)( 'strides' 2 2kind 7)( 'dilations' 1 1kind 7)( 'pads' 0 0 0 "
     "1kind 7)( 'group' 1kind 2))name 'convlet'"
     "\ntensor( 3 4 3 3type 1 '0.weight' bytes 432)"
     "\ntensor( 3type 1 '0.bias' bytes 12)"
     "\ninput( 'input'((type 1(( 'N')( 4)( 13)( 12)))))"
     "\noutput( 'output'((type 1(( 'N')( 3)( 6)( 6)))))"},
    {"dense 3", true,
     "\nnode( 'input' '0.weight' '0.bias'> 'output'= 'Conv'( 'kernel_shape' 13 "
     "12kind 7))name 'convlet'"
     "\ntensor( 3 4 13 12type 1 '0.weight' bytes 7488)"
     "\ntensor( 3type 1 '0.bias' bytes 12)"
     "\ninput( 'input'((type 1(( 'N')( 4)( 13)( 12)))))"
     "\noutput( 'output'((type 1(( 'N')( 3)( 1)( 1)))))"},
    {"leaky 0.25, tanh, sigmoid", false,
     "\nnode( 'input'> '0'= 'LeakyRelu'( 'alpha'. 0.25kind 1))"
     "\nnode( '0'> '1'= 'Tanh')"
     "\nnode( '1'> 'output'= 'Sigmoid')name 'convlet'"
     "\ninput( 'input'((type 1(( 'N')( 4)( 'H')( 'W')))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 'output_H')( 'output_W')))))"},
    {"batchnorm eps=0.5", false,
     "\nnode( 'input' '0.weight' '0.bias' '0.running_mean' '0.running_var'> "
     "'output'= 'BatchNormalization'( 'epsilon'. 0.5kind 1))name 'convlet'"
     "\ntensor( 4type 1 '0.weight' bytes 16)"
     "\ntensor( 4type 1 '0.bias' bytes 16)"
     "\ntensor( 4type 1 '0.running_mean' bytes 16)"
     "\ntensor( 4type 1 '0.running_var' bytes 16)"
     "\ninput( 'input'((type 1(( 'N')( 4)( 'H')( 'W')))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 'output_H')( 'output_W')))))"},
    {"shuffle 2", false,
     "\nnode( 'input'> 'output'= 'DepthToSpace'( 'blocksize' 2kind 2)( 'mode' "
     "'CRD'kind 3))name 'convlet'"
     "\ninput( 'input'((type 1(( 'N')( 4)( 'H')( 'W')))))"
     "\noutput( 'output'((type 1(( 'N')( 1)( 'output_H')( 'output_W')))))"},
    {"maxpool 2x3 stride=3x2 padding=1 ceil=yes", true,
     "\nnode( 'input'> 'output'= 'MaxPool'( 'kernel_shape' 2 3kind 7)( "
     "'strides' 3 2kind 7)( 'pads' 1 1 1 2kind 7))name 'convlet'"
     "\ninput( 'input'((type 1(( 'N')( 4)( 13)( 12)))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 5)( 7)))))"},
    {"maxpool all, dense 2 bias=no, relu, dense 1", true,
     "\nnode( 'input'> '0'= 'GlobalMaxPool')"
     "\nnode( '0' '1.weight'> '1'= 'Conv'( 'kernel_shape' 1 1kind 7))"
     "\nnode( '1'> '2'= 'Relu')"
     "\nnode( '2' '3.weight' '3.bias'> 'output'= 'Conv'( 'kernel_shape' 1 "
     "1kind 7))name 'convlet'"
     "\ntensor( 2 4 1 1type 1 '1.weight' bytes 32)"
     "\ntensor( 1 2 1 1type 1 '3.weight' bytes 8)"
     "\ntensor( 1type 1 '3.bias' bytes 4)"
     "\ninput( 'input'((type 1(( 'N')( 4)( 13)( 12)))))"
     "\noutput( 'output'((type 1(( 'N')( 1)( 1)( 1)))))"},
    {"avgpool 2x3 stride=3x2 padding=1 ceil=yes, relu", true,
     "\nnode( 'input' '0.pads'> '0.Pad'= 'Pad')"
     "\nnode( '0.Pad'> '0'= 'AveragePool'( 'kernel_shape' 2 3kind 7)( "
     "'strides' 3 2kind 7)( 'pads' 0 0 0 1kind 7)( 'count_include_pad' 0kind "
     "2))"
     "\nnode( '0'> 'output'= 'Relu')name 'convlet'"
     "\ntensor( 8type 7 '0.pads' bytes 64)"
     "\ninput( 'input'((type 1(( 'N')( 4)( 13)( 12)))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 5)( 7)))))"},
    {"avgpool 2x3 stride=3x2 padding=1 ceil=yes count-padding=no", true,
     "\nnode( 'input'> 'output'= 'AveragePool'( 'kernel_shape' 2 3kind 7)( "
     "'strides' 3 2kind 7)( 'pads' 1 1 1 2kind 7)( 'count_include_pad' 0kind "
     "2))name 'convlet'"
     "\ninput( 'input'((type 1(( 'N')( 4)( 13)( 12)))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 5)( 7)))))"},
    {"avgpool 3x4 stride=2x3 padding=1x2 ceil=yes", true,
     "\nnode( 'input'> 'output'= 'AveragePool'( 'kernel_shape' 3 4kind 7)( "
     "'strides' 2 3kind 7)( 'pads' 1 2 1 2kind 7)( 'count_include_pad' 1kind "
     "2))name 'convlet'"
     "\ninput( 'input'((type 1(( 'N')( 4)( 13)( 12)))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 7)( 5)))))"},
    {"avgpool 3x4 stride=2x3 padding=1x2 ceil=yes count-padding=no", true,
     "\nnode( 'input'> 'output'= 'AveragePool'( 'kernel_shape' 3 4kind 7)( "
     "'strides' 2 3kind 7)( 'pads' 1 2 1 2kind 7)( 'count_include_pad' 0kind "
     "2))name 'convlet'"
     "\ninput( 'input'((type 1(( 'N')( 4)( 13)( 12)))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 7)( 5)))))"},
    {"avgpool 2 padding=1", false,
     "\nnode( 'input'> 'output'= 'AveragePool'( 'kernel_shape' 2 2kind 7)( "
     "'strides' 2 2kind 7)( 'pads' 1 1 1 1kind 7)( 'count_include_pad' 1kind "
     "2))name 'convlet'"
     "\ninput( 'input'((type 1(( 'N')( 4)( 'H')( 'W')))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 'output_H')( 'output_W')))))"},
    {"avgpool all", false,
     "\nnode( 'input'> 'output'= 'GlobalAveragePool')name 'convlet'"
     "\ninput( 'input'((type 1(( 'N')( 4)( 'H')( 'W')))))"
     "\noutput( 'output'((type 1(( 'N')( 4)( 'output_H')( 'output_W')))))"},
};

START_TEST(each_layer_is_an_operator_and_each_option_an_attribute)
{
    static const size_t shape[] = {2, 4, 13, 12};
    const struct made *const m = &made[_i];
    const cvl_model_about about = {.spec = m->spec};
    const char *const got = graph_of(&about, CVL_F32, shape, m->is_fixed);
    const char *const from = strchr(got, '\n');
    const char *const end = strstr(got, ")opset");
    ck_assert(from && end);
    ck_assert_msg(strlen(m->graph) == (size_t)(end - from) &&
                      !memcmp(m->graph, from, (size_t)(end - from)),
                  "%s is\n%s", m->spec, got);
}
END_TEST

/* Is this part of the text? */
static void expect_part(const char *got, const char *part)
{
    ck_assert_msg(strstr(got, part), "no \"%s\" in\n%s", part, got);
}

START_TEST(a_file_says_what_it_is_and_whence)
{
    static const size_t shape[] = {2, 1, 5, 6};
    const cvl_model_about about = {.spec = "relu", .scaling = "0..1"};
    const char *const got = graph_of(&about, CVL_F32, shape, false);
    expect_part(got, "ir 8producer 'convlet'version '" CONVLET_VERSION
                     "'words 'words'graph(");
    expect_part(got, "opset( 13)says( 'net' 'relu')says( 'input_shape' "
                     "'1x1x5x6')says( 'dtype' 'float32')says( 'input_scaling' "
                     "'0..1')says( 'convlet_version' '" CONVLET_VERSION "')");
}
END_TEST

START_TEST(a_residual_net_adds_its_input_and_enlarges_it_where_it_must)
{
    static const size_t shape[] = {1, 1, 5, 5};
    cvl_model_about about = {.spec = "conv 1 3x3 padding=1", .residual = true};
    const char *got = graph_of(&about, CVL_F64, shape, false);
    expect_part(got, "\nnode( '0' 'input'> 'output'= 'Add')");
    expect_part(got, "\noutput( 'output'((type 1(( 'N')( 1)( 'H')( 'W')");
    about.spec = "conv 4 1x1, shuffle 2";
    got = graph_of(&about, CVL_F64, shape, false);
    expect_part(got,
                "\nnode( 'input' '' '2.scales'> '2.Resize'= 'Resize'( 'mode' "
                "'cubic'kind 3)( 'coordinate_transformation_mode' "
                "'half_pixel'kind 3)( 'cubic_coeff_a'. -0.5kind 1))"
                "\nnode( '2.Resize' '1'> 'output'= 'Add')");
    expect_part(got, "\ntensor( 4type 1 '2.scales' bytes 16)");
    expect_part(got, "( 'output_H')( 'output_W')");
}
END_TEST

START_TEST(a_classifier_has_a_row_of_numbers)
{
    static const size_t shape[] = {1, 1, 5, 5};
    const cvl_model_about about = {.spec = "conv 3 5x5", .classes = "a\nb\nc"};
    const char *const got = graph_of(&about, CVL_F32, shape, true);
    expect_part(got, "> 'output'= 'Flatten'( 'axis' 1kind 2))");
    expect_part(got, "\noutput( 'output'((type 1(( 'N')( 3)");
    expect_part(got, "says( 'classes' 'a\nb\nc')");
}
END_TEST

/* Where the numbers of a tensor lie in a file: its data come last. */
static const unsigned char *data_of(const cvl_bytes *bytes, size_t count)
{
    const unsigned char key[] = {0x4a, (unsigned char)(4 * count)};
    for (size_t i = 0; i + 2 + 4 * count <= bytes->size; i++)
        if (!memcmp(bytes->data + i, key, 2)) return bytes->data + i + 2;
    ck_abort_msg("no tensor of %zu numbers", count);
}

START_TEST(a_tied_kernel_stands_there_once_for_each_channel)
{
    static const size_t shape[] = {1, 4, 1, 3};
    /* 1, 2, 3 quarters are kernel 0, for both channels of its group. */
    static const float expected[] = {0.25F, 0.5F,  0.75F, 0.25F, 0.5F,  0.75F,
                                     1.0F,  1.25F, 1.5F,  1.0F,  1.25F, 1.5F};
    const cvl_model_about about = {.spec =
                                       "conv 2 1x3 tied=yes groups=2 bias=no"};
    cvl_net net;
    cvl_bytes bytes;
    cvl_error err;
    build(&net, about.spec, CVL_F64, shape);
    expect_ok(cvl_onnx_format(&about, &net, NULL, &bytes, NULL, &err), err);
    const unsigned char *const data = data_of(&bytes, 12);
    for (size_t i = 0; i < 12; i++) {
        float number;
        cvl_copy_little_endian(&number, data + 4 * i, sizeof number, 1);
        ck_assert(number == expected[i]);
    }
    cvl_bytes_free(&bytes);
    cvl_net_free(&net);
}
END_TEST

START_TEST(what_no_file_can_hold_is_refused)
{
    static const size_t shape[] = {1, 1, 3, 3};
    cvl_model_about about = {.spec = "conv 1 1x1"};
    cvl_net net;
    cvl_bytes bytes;
    cvl_error err;
    build(&net, about.spec, CVL_F64, shape);
    cvl_tensor_set(&net.params[1].value, 0, 1e300);
    expect_fail(cvl_onnx_format(&about, &net, NULL, &bytes, NULL, &err), err,
                CVL_EINVAL,
                "0.bias has 1e+300, which is no number of float32; an ONNX "
                "file has no other");
    ck_assert(!bytes.data && !bytes.size);
    cvl_net_free(&net);
    about = (cvl_model_about){.spec = "conv 2 3x3", .residual = true};
    build(&net, about.spec, CVL_F32, shape);
    expect_fail(cvl_onnx_format(&about, &net, NULL, &bytes, NULL, &err), err,
                CVL_EUNSUPPORTED,
                "its input is to be added to its output, which is not so many "
                "times as large");
    cvl_net_free(&net);
}
END_TEST

/* Planned alone: a net of this size would fill the machine. */
START_TEST(more_than_2_gib_are_refused_before_they_are_written)
{
    static float weights[200 * 15 * 15];
    const cvl_net_config config = {.spec = "conv 200 15x15 padding=7 tied=yes "
                                           "bias=no",
                                   .input_shape = {1, 20000, 1, 1},
                                   .exec = cvl_exec_default()};
    const cvl_model_about about = {.spec = config.spec};
    cvl_net net;
    cvl_bytes bytes;
    cvl_error err;
    expect_ok(cvl_net_plan(&net, &config, &err), err);
    net.params[0].value.data = weights;
    expect_fail(cvl_onnx_format(&about, &net, NULL, &bytes, NULL, &err), err,
                CVL_EUNSUPPORTED,
                "the file would have more than 2 GiB, which none of ONNX may");
    cvl_net_free(&net);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("onnx");
    TCase *const tcase = tcase_create("onnx");
    tcase_add_loop_test(tcase,
                        each_layer_is_an_operator_and_each_option_an_attribute,
                        0, (int)(sizeof made / sizeof *made));
    tcase_add_test(tcase, a_file_says_what_it_is_and_whence);
    tcase_add_test(tcase,
                   a_residual_net_adds_its_input_and_enlarges_it_where_it_must);
    tcase_add_test(tcase, a_classifier_has_a_row_of_numbers);
    tcase_add_test(tcase, a_tied_kernel_stands_there_once_for_each_channel);
    tcase_add_test(tcase, what_no_file_can_hold_is_refused);
    tcase_add_test(tcase, more_than_2_gib_are_refused_before_they_are_written);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
