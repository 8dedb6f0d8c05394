/* test_edges.c - what others made, and what others are used to. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"
#include "sanitized.h"

/* Writes a .safetensors file of this header, before `data` zero bytes. */
static void put_safetensors(const char *name, const char *header, size_t data)
{
    unsigned char bytes[1024] = {0};
    const size_t size = strlen(header);
    ck_assert_uint_lt(8 + size + data, sizeof bytes);
    bytes[0] = (unsigned char)(size & 255);
    bytes[1] = (unsigned char)(size >> 8);
    memcpy(bytes + 8, header, size + 1);
    put_bytes(name, bytes, 8 + size + data);
}

#define PARAM                                                \
    "\"0.weight\":{\"dtype\":\"F64\",\"shape\":[1,1,1,2],"   \
    "\"data_offsets\":[0,16]},\"0.bias\":{\"dtype\":\"F64\"" \
    ",\"shape\":[1],\"data_offsets\":[16,24]}"
#define COUNTER                                                          \
    ",\"1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_" \
    "offsets\":[24,32]}"

static const char INIT[] = "train --channels 1 --kernels 1 --kernel-size 1,2 "
                           "--steps 1 --init ./model.safetensors";

START_TEST(what_a_net_does_not_need_of_a_file_is_passed_over)
{
    char line[256];
    snprintf(line, sizeof line, "%s --quiet", INIT);
    put_safetensors("model.safetensors", "{" PARAM "}", 24);
    const struct outcome plain = run_expect(0, line);
    char loss[64];
    snprintf(loss, sizeof loss, "%s", plain.out);
    put_safetensors("model.safetensors", "{" PARAM COUNTER "}", 32);
    const struct outcome more = run_expect(0, line);
    ck_assert_str_eq(more.out, loss);
    ck_assert_str_eq(more.err, "");
    ck_assert_ptr_nonnull(strstr(
        run_expect(0, INIT).err,
        "convlet train: note: ./model.safetensors: passed over 1 "
        "tensor; tensor \"1.num_batches_tracked\" has the dtype \"I64\", "
        "convlet reads F32 and F64\n"));
    put_safetensors("model.safetensors", "{\"__metadata__\":null," PARAM "}",
                    24);
    ck_assert_str_eq(run_expect(0, line).out, loss);
}
END_TEST

START_TEST(what_it_needs_is_named_where_it_cannot_be_read)
{
    put_safetensors("model.safetensors",
                    "{\"0.weight\":{\"dtype\":\"F16\",\"shape\":[1,1,1,2],"
                    "\"data_offsets\":[0,4]}}",
                    4);
    ck_assert_ptr_nonnull(
        strstr(run_expect(3, INIT).err,
               "convlet train: ./model.safetensors: tensor \"0.weight\" has "
               "the dtype \"F16\", convlet reads F32 and F64; save it as "
               "t.float() or t.double()\n"));
}
END_TEST

START_TEST(net_says_the_layers_of_a_model_from_elsewhere)
{
    const size_t shape[] = {2, 3, 7};
    put_array("x.npy", 3, shape);
    put_safetensors("model.safetensors", "{" PARAM COUNTER "}", 32);
    ck_assert_str_eq(
        run_expect(3, "apply --model model.safetensors x.npy -o y.npy").err,
        "convlet apply: model.safetensors: does not say what its layers are; "
        "say so, as --net \"conv 8 3x3, relu, conv 3 3x3\"\n");
    run_expect(0, "apply --model model.safetensors --net 'conv 1 1x2' x.npy "
                  "-o y.npy");
    const size_t made[] = {2, 3, 6};
    cvl_tensor y = get_array("y.npy");
    expect_shape(&y, 3, made);
    cvl_tensor_free(&y);
    const struct outcome shown = run_expect(
        0, "show --model model.safetensors --net 'conv 1 1x2, relu'");
    ck_assert_ptr_nonnull(strstr(shown.out, "net      conv 1 1x2, relu\n"));
    ck_assert_str_eq(
        run_expect(3, "show --model model.safetensors --net 'conv 1 2x2'").err,
        "convlet show: model.safetensors: 0.weight is f64[1x1x1x2], expected "
        "f64[1x1x2x2]\n");
    run_expect(0, "train --quiet --steps 1 --out run");
    ck_assert_str_eq(
        run_expect(2, "show --model run/model.safetensors --net 'conv 1 2x2'")
            .err,
        "convlet show: run/model.safetensors: says itself that its net is "
        "'conv 4 2x2 stride=2x2 padding=1x1x1x1 dilation=1x1 groups=1 bias'; "
        "it "
        "takes no other\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_a_net_does_not_need_of_a_file_is_passed_over,
        what_it_needs_is_named_where_it_cannot_be_read,
        net_says_the_layers_of_a_model_from_elsewhere,
    };
    Suite *const suite = suite_create("edges");
    TCase *const all = tcase_create("edges");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(all, tests[i]);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
