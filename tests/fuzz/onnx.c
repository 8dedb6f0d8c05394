/* onnx.c - fuzz target: a model, and what its ONNX file says of it. */
#include "convlet/onnx.h"

#include "export/words.h"
#include "fuzz.h"

/*
 * The input is a byte of flags, four for the input's shape, the texts of
 * cvl_model_about, each up to a NUL, and what the params and buffers are filled
 * with, again and again.
 */
enum { FLOAT64 = 1, RESIDUAL = 2, COLOR = 2 /* bits up */, DIVISOR = 16 };
enum { MAX_SIZE = 4000, MAX_NUMBERS = 1 << 14, MAX_ACTIVATIONS = 1 << 20 };

/* Bytes of a message that were not read yet. */
struct wire {
    const unsigned char *at, *end;
};

/* One field of it: a number, or bytes. */
struct field {
    unsigned number;
    uint64_t value;
    struct wire bytes;
};

static uint64_t take_number(struct wire *wire)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        FUZZ_EXPECT(wire->at < wire->end && shift < 64);
        value |= (uint64_t)(*wire->at & 0x7f) << shift;
        if (*wire->at++ < 0x80) return value;
    }
}

/* The next field, which must lie in its message; false behind the last. */
static bool take_field(struct wire *wire, struct field *field)
{
    enum { NUMBER = 0, BYTES = 2, FLOAT = 5 };
    if (wire->at == wire->end) return false;
    const uint64_t key = take_number(wire);
    *field = (struct field){.number = (unsigned)(key >> 3)};
    const unsigned kind = key & 7;
    FUZZ_EXPECT(kind == NUMBER || kind == BYTES || kind == FLOAT);
    if (kind == NUMBER) {
        field->value = take_number(wire);
        return true;
    }
    const size_t size =
        kind == BYTES ? (size_t)take_number(wire) : sizeof(float);
    FUZZ_EXPECT(size <= (size_t)(wire->end - wire->at));
    field->bytes = (struct wire){wire->at, wire->at + size};
    wire->at += size;
    return true;
}

/* Its fields lie in it, one behind the other. */
static void skim(struct wire wire)
{
    struct field field;
    while (take_field(&wire, &field)) continue;
}

/* The names that operators may take, in their order. */
struct names {
    struct wire at[4 * CVL_MAX_LAYERS];
    size_t count;
};

static bool is_name(struct wire name, const char *text)
{
    const size_t size = (size_t)(name.end - name.at);
    return size == strlen(text) && !memcmp(name.at, text, size);
}

static bool has(const struct names *names, struct wire name)
{
    const size_t size = (size_t)(name.end - name.at);
    for (size_t i = 0; i < names->count; i++)
        if (size == (size_t)(names->at[i].end - names->at[i].at) &&
            !memcmp(name.at, names->at[i].at, size))
            return true;
    return false;
}

/* No two are called the same. */
static void add(struct names *names, struct wire name)
{
    FUZZ_EXPECT(names->count < sizeof names->at / sizeof *names->at);
    FUZZ_EXPECT(!has(names, name));
    names->at[names->count++] = name;
}

/* An array: as many bytes as its shape says. */
static void check_tensor(struct wire tensor, struct names *names)
{
    enum { DIM = 1, TYPE = 2, NAME = 8, DATA = 9, INT64 = 7 };
    struct field field;
    size_t numbers = 1, width = 4, size = 0;
    while (take_field(&tensor, &field)) {
        if (field.number == DIM) numbers *= (size_t)field.value;
        if (field.number == TYPE && field.value == INT64) width = 8;
        if (field.number == NAME) add(names, field.bytes);
        if (field.number == DATA)
            size = (size_t)(field.bytes.end - field.bytes.at);
    }
    FUZZ_EXPECT(size && size == numbers * width);
}

/* An operator: it takes what is there, and makes what has a new name. */
static void check_node(struct wire node, struct names *names)
{
    enum { INPUT = 1, OUTPUT = 2, OP = 4, ATTRIBUTE = 5 };
    struct field field;
    while (take_field(&node, &field)) {
        if (field.number == INPUT)
            FUZZ_EXPECT(is_name(field.bytes, "") || has(names, field.bytes));
        if (field.number == OUTPUT) add(names, field.bytes);
        if (field.number == OP) FUZZ_EXPECT(!is_name(field.bytes, ""));
        if (field.number == ATTRIBUTE) skim(field.bytes);
    }
}

/* Arrays, and operators behind each other from "input" to "output". */
static void check_graph(struct wire graph, size_t operators)
{
    enum { NODE = 1, ARRAY = 5 };
    static const char input[] = "input";
    struct wire rest = graph;
    struct field field;
    struct names names = {.count = 0};
    size_t count = 0;
    add(&names, (struct wire){(const unsigned char *)input,
                              (const unsigned char *)input + strlen(input)});
    while (take_field(&rest, &field))
        if (field.number == ARRAY) check_tensor(field.bytes, &names);
    for (; take_field(&graph, &field); count += field.number == NODE)
        if (field.number == NODE) check_node(field.bytes, &names);
    FUZZ_EXPECT(count == operators);
    FUZZ_EXPECT(is_name(names.at[names.count - 1], "output"));
}

static void check_file(const cvl_bytes *bytes, size_t operators)
{
    enum { GRAPH = 7, METADATA = 14 };
    struct wire model = {bytes->data, bytes->data + bytes->size};
    struct field field;
    size_t graphs = 0;
    while (take_field(&model, &field)) {
        if (field.number == GRAPH) check_graph(field.bytes, operators);
        graphs += field.number == GRAPH;
        if (field.number == METADATA) skim(field.bytes);
    }
    FUZZ_EXPECT(graphs == 1);
}

/* As `convlet export` does with a model that it has read. */
static void export(const cvl_model *model)
{
    cvl_error err = {0};
    cvl_model_about about;
    cvl_onnx_summary summary;
    cvl_bytes bytes;
    struct text words = {0};
    cvl_status status = cvl_model_read_about(model, &about, &err);
    if (!status) {
        export_add_words(&about, &model->net, &words);
        FUZZ_EXPECT(!words.failed);
        status = cvl_onnx_format(&about, &model->net, words.data, &bytes,
                                 &summary, &err);
    }
    if (status)
        fuzz_expect_refusal(status, &err);
    else
        check_file(&bytes, summary.operators);
    if (!status) cvl_bytes_free(&bytes);
    text_free(&words);
}

/* Fills params or buffers with the bytes. */
static void fill(cvl_param *params, size_t count, const uint8_t *bytes,
                 size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const cvl_tensor *const value = &params[i].value;
        unsigned char *const to = value->data;
        for (size_t k = 0; size && k < cvl_tensor_bytes(value); k++)
            to[k] = bytes[at++ % size];
    }
}

/* Built nets take memory and time. */
static bool is_small(const cvl_net_config *config)
{
    cvl_net net;
    size_t numbers = 0;
    if (cvl_net_plan(&net, config, NULL)) return false;
    for (size_t i = 0; i < net.layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(&net, i, &info);
        numbers += info.output_shape[0] * info.output_shape[1] *
                   info.output_shape[2] * info.output_shape[3];
    }
    const bool small = numbers <= MAX_ACTIVATIONS &&
                       cvl_net_param_numbers(&net) <= MAX_NUMBERS;
    cvl_net_free(&net);
    return small;
}

/* Reads back what was written, as a file would be, and exports that. */
static void pass_on(const cvl_model_about *about, const cvl_net *net)
{
    cvl_error err = {0};
    cvl_bytes bytes;
    cvl_safetensors file;
    cvl_model model;
    cvl_status status = cvl_model_format(about, net, &bytes, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        return;
    }
    status = cvl_safetensors_parse(bytes.data, bytes.size, &file, &err);
    FUZZ_EXPECT(!status);
    cvl_bytes_free(&bytes);
    status = cvl_model_take(&file, NULL, &model, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        return;
    }
    export(&model);
    cvl_model_free(&model);
}

/* The text before the next NUL, which is skipped; NULL where it is empty. */
static const char *next_text(const char **at, const char *end)
{
    const char *const text = *at;
    *at += strlen(text) + (*at < end);
    if (*at > end) *at = end;
    return *text ? text : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[MAX_SIZE + 1];
    cvl_error err = {0};
    cvl_net net;
    const unsigned flags = fuzz_byte(&bytes, &size);
    cvl_net_config config = {.dtype = flags & FLOAT64 ? CVL_F64 : CVL_F32,
                             .exec = {.threads = 1, .isa = CVL_ISA_BASE},
                             .forward_only = true};
    for (size_t i = 0; i < 4; i++)
        config.input_shape[i] = fuzz_byte(&bytes, &size);
    if (size > MAX_SIZE) size = MAX_SIZE;
    if (size) memcpy(text, bytes, size);
    text[size] = '\0';
    const char *at = text, *const end = text + size;
    const char *const spec = next_text(&at, end);
    config.spec = spec ? spec : "";
    cvl_model_about about = {.spec = config.spec,
                             .scaling = next_text(&at, end),
                             .residual = flags & RESIDUAL,
                             .color = (flags >> COLOR & 3) % 3,
                             .classes = next_text(&at, end),
                             .divisor = flags & DIVISOR ? 255 : 0,
                             .mean = next_text(&at, end),
                             .deviation = next_text(&at, end),
                             .preparation = next_text(&at, end)};
    if (!is_small(&config) || cvl_net_build(&net, &config, &err)) return 0;
    cvl_random random;
    cvl_random_seed(&random, 1);
    cvl_net_init_params(&net, CVL_INIT_NORMAL, &random);
    fill(net.params, net.param_count, (const uint8_t *)at, (size_t)(end - at));
    fill(net.buffers, net.buffer_count, (const uint8_t *)at,
         (size_t)(end - at));
    pass_on(&about, &net);
    cvl_net_free(&net);
    return 0;
}
