/* test_config_file.c - config files mean what they say, or are refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/config_file.h"
#include "cli/value.h"
#include "commands.h"
#include "expect.h"
#include "options.h"

static struct settings settings;
static struct text text;

static void setup(void)
{
    const struct command *const train = command_find(command_table, "train");
    ck_assert(!settings_init(&settings, train, option_table, NULL));
}

static void teardown(void)
{
    settings_free(&settings);
    text_free(&text);
}

static size_t index_of(const char *name)
{
    return (size_t)(option_find(&settings.options, name) - settings.options.at);
}

/* What the file has set an option to; NULL where it has not. */
static const char *text_of(const char *name)
{
    const size_t index = index_of(name);
    text_free(&text);
    text_add(&text, "%s", "");
    value_format(&settings.options.at[index], &settings.config, &text);
    return settings.origin[index] == ORIGIN_FILE ? text.data : NULL;
}

static cvl_status parse(const char *data, cvl_error *err)
{
    return config_parse("run.ini", data, strlen(data), ORIGIN_FILE, &settings,
                        err);
}

static const struct {
    const char *data, *name, *text;
    size_t line;
} accepted[] = {
    {"lr = 1\n", "lr", "1", 1},
    {"lr=1", "lr", "1", 1},
    {"lr: 1\n", "lr", "1", 1},
    {"[training]\nlr = 1\n", "lr", "1", 2},
    {"[training] ; why\nlr = 1 ; because\n", "lr", "1", 2},
    {"; a\n# b\n\n  \t\n[training]\n\n  lr = 1\n", "lr", "1", 7},
    {"\xEF\xBB\xBF[training]\r\nlr = 1\r\n", "lr", "1", 2},
    {"\xEF\xBB\xBFlr = 1\n", "lr", "1", 1},
    {"out = a b\n", "out", "a b", 1},
    {"out =\n", "out", "", 1},
    {"out = ; nowhere\n", "out", "", 1},
    {"out = a;b\n", "out", "a;b", 1},
    {"out = a=b:c\n", "out", "a=b:c", 1},
    {"out = C:\\dir\n", "out", "C:\\dir", 1},
    {"out = \"a \\;b\" ; c\n", "out", "a ;b", 1},
    {"out = \"a;b\"\n", "out", "a;b", 1},
    {"out = \" a\\\\\\\"\\x0a \"\n", "out", " a\\\"\n ", 1},
    {"out = \"\"\n", "out", "", 1},
    {"out = a\"b\"\n", "out", "a\"b\"", 1},
    {"stride = 2,1\n", "stride", "2,1", 1},
    {"[data]\ntarget = filter:box\n", "target", "filter:box", 2},
};

START_TEST(keys_are_read_with_their_lines)
{
    cvl_error err;
    ck_assert_msg(!parse(accepted[_i].data, &err), "%s", err.message);
    ck_assert_str_eq(text_of(accepted[_i].name), accepted[_i].text);
    ck_assert_uint_eq(settings.line[index_of(accepted[_i].name)],
                      accepted[_i].line);
}
END_TEST

START_TEST(an_indented_line_is_a_key_of_its_own)
{
    cvl_error err;
    ck_assert(!parse("[training]\nlr = 1\n    steps = 2\n", &err));
    ck_assert_str_eq(text_of("lr"), "1");
    ck_assert_str_eq(text_of("steps"), "2");
}
END_TEST

static const struct {
    const char *data, *message;
} refused[] = {
    {"[training]\n\nlearning-rate = 1\n",
     "run.ini:3: unknown key 'learning-rate'; did you mean 'lr'?"},
    {"\n\n[geomtry]\n", "run.ini:3: unknown section [geomtry]; did you mean "
                        "[geometry]?"},
    {"[flags]\n", "run.ini:1: unknown section [flags]"},
    {"[]\n", "run.ini:1: unknown section []"},
    {"[geometry]\nlr = 1\n",
     "run.ini:2: 'lr' belongs under [training], not [geometry]"},
    {"weight = w.npy\n",
     "run.ini:1: 'weight' belongs to `convlet conv`, not `convlet train`"},
    {"preset = filter\n",
     "run.ini:1: 'preset' cannot stand in a file; give the flag --preset"},
    {"xyzzy = 1\n", "run.ini:1: unknown key 'xyzzy'"},
    {"stride = 0\n", "run.ini:1: stride: '0' is out of range; expected 1 or "
                     "more, as H,W or one number"},
    {"lr = 1\nlr = 2\n", "run.ini:2: lr: already set in line 1"},
    {"lr\n", "run.ini:1: expected key = value, or [section]"},
    {"lr = 1\n  and more\n", "run.ini:2: expected key = value, or [section]"},
    {"junk\nlr = x\n", "run.ini:1: expected key = value, or [section]"},
    {"lr = x\njunk\n",
     "run.ini:1: lr: 'x' is not a number; expected auto, or a number above 0"},
    {"= 1\n", "run.ini:1: unknown key ''"},
    {"[training\nlr = 1\n", "run.ini:1: expected key = value, or [section]"},
    {"[training] lr = 1\n", "run.ini:1: unexpected 'lr = 1' after [training]; "
                            "expected the end of the line"},
    {"out = \"a ;b\"\n", "run.ini:1: out: no closing quote; in quotes, write "
                         "; as \\;"},
    {"out = \"a\n", "run.ini:1: out: no closing quote; in quotes, write ; as "
                    "\\;"},
    {"out = \"a\" b\n",
     "run.ini:1: out: text after the closing quote; a comment begins with ;"},
    {"out = \"\\n\"\n", "run.ini:1: out: a \\ that is not \\\\ \\\" \\; or "
                        "\\xHH"},
    {"out = \"\\\n", "run.ini:1: out: a \\ that is not \\\\ \\\" \\; or "
                     "\\xHH"},
    {"out = \"\\x0\"\n", "run.ini:1: out: \\x needs two of 0-9a-f, not 00"},
    {"out = \"\\x00\"\n", "run.ini:1: out: \\x needs two of 0-9a-f, not 00"},
    {"bias = yes\n", "run.ini:1: bias: 'yes' is neither true nor false; "
                     "expected true or false"},
    {"a\x1b[31m = 1\n", "run.ini:1: unknown key 'a?[31m'"},
};

START_TEST(wrong_lines_are_refused_by_number)
{
    cvl_error err;
    ck_assert_int_eq(parse(refused[_i].data, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message, refused[_i].message);
}
END_TEST

START_TEST(a_nul_byte_is_refused)
{
    cvl_error err;
    ck_assert_int_eq(
        config_parse("run.ini", "lr\0 = 1", 7, ORIGIN_FILE, &settings, &err),
        CVL_EINVAL);
    ck_assert_str_eq(err.message, "run.ini: holds a NUL byte; expected text");
}
END_TEST

START_TEST(an_empty_file_sets_nothing)
{
    ck_assert(!config_parse("run.ini", NULL, 0, ORIGIN_FILE, &settings, NULL));
    for (size_t i = 0; i < settings.options.count; i++)
        ck_assert_int_eq(settings.origin[i], ORIGIN_DEFAULT);
}
END_TEST

/* "net = ; 000...\nlr = 1\n", the first line being `length` bytes long. */
static char *long_line(size_t length)
{
    const size_t size = length + sizeof "\nlr = 1\n";
    char *const data = malloc(size);
    ck_assert_ptr_nonnull(data);
    snprintf(data, size, "net = ; %0*d\nlr = 1\n", (int)length - 8, 0);
    return data;
}

START_TEST(a_long_line_is_read_whole_or_refused)
{
    cvl_error err;
    for (size_t length = 1023; length <= 1024; length++) {
        char *const fits = long_line(length);
        const cvl_status status = parse(fits, &err);
        free(fits);
        ck_assert_msg(!status, "%s", err.message);
        ck_assert_str_eq(text_of("net"), "");
        ck_assert_str_eq(text_of("lr"), "1");
        teardown();
        setup();
    }
    char *const longer = long_line(1025);
    ck_assert_int_eq(parse(longer, &err), CVL_EINVAL);
    free(longer);
    ck_assert_str_eq(err.message,
                     "run.ini:1: the line is 1025 bytes long; the limit is "
                     "1024");
    ck_assert_ptr_null(text_of("lr"));
}
END_TEST

/* Loads a file of so many bytes, all comment. */
static cvl_status load_comment(size_t size, cvl_error *err)
{
    char path[] = "/tmp/convlet-config-XXXXXX";
    const int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    FILE *const file = fdopen(descriptor, "w");
    ck_assert_ptr_nonnull(file);
    for (size_t i = 0; i < size; i++)
        fputc(i % 64 == 0 ? ';' : i % 64 == 63 ? '\n' : 'c', file);
    fclose(file);
    const cvl_status status = config_load(path, false, &settings, err);
    unlink(path);
    return status;
}

START_TEST(a_file_is_limited_in_size)
{
    cvl_error err;
    ck_assert_msg(!load_comment(65535, &err), "%s", err.message);
    ck_assert_msg(!load_comment(65536, &err), "%s", err.message);
    ck_assert_int_eq(load_comment(65537, &err), CVL_EINVAL);
    ck_assert_ptr_nonnull(
        strstr(err.message, "has 65537 bytes, more than the limit of 65536"));
}
END_TEST

START_TEST(a_missing_file_is_an_input_error)
{
    cvl_error err;
    ck_assert_int_eq(
        config_load("/nonexistent/run.ini", false, &settings, &err), CVL_EIO);
    ck_assert_str_eq(
        err.message,
        "/nonexistent/run.ini: cannot open: No such file or directory");
    ck_assert_int_eq(config_load("/", false, &settings, &err), CVL_EIO);
    ck_assert_str_eq(err.message, "/: is a directory, expected a file");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("config_file");
    TCase *const tests = tcase_create("config_file");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, keys_are_read_with_their_lines, 0,
                        (int)(sizeof accepted / sizeof accepted[0]));
    tcase_add_test(tests, an_indented_line_is_a_key_of_its_own);
    tcase_add_loop_test(tests, wrong_lines_are_refused_by_number, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tests, a_nul_byte_is_refused);
    tcase_add_test(tests, an_empty_file_sets_nothing);
    tcase_add_test(tests, a_long_line_is_read_whole_or_refused);
    tcase_add_test(tests, a_file_is_limited_in_size);
    tcase_add_test(tests, a_missing_file_is_an_input_error);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
