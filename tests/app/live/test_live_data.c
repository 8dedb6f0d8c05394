/* test_live_data.c - digits, leaves, pictures and files of a session. */
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pictures/picture.h"
#include "program.h"
#include "scratch.h"

/* Every key that a preset of the program has, which it takes by itself. */
#define CLASSIFIER                                                           \
    "net = conv 16 3x3 padding=same, relu, conv 32 3x3 padding=same, relu, " \
    "maxpool 2, dense auto\ndata = digits\nhold-out = last:360\n"            \
    "batch-size = 32\nshift = 1\nepochs = 40\n" ADAM "lr = 0.003\n"          \
    "lr-schedule = cosine\nloss = cross-entropy"
#define ADAM "optimizer = adam\nreduction = mean\ninit = kaiming\n"
#define DENOISER                                                             \
    "net = conv 48 4x4 stride=2 padding=1, relu, conv 48 3x3 padding=same, " \
    "relu, conv 48 3x3 padding=same, relu, conv 12 3x3 padding=same, "       \
    "shuffle 2\ntarget = leaves\ndegrade = noise:25\ncolor = rgb\npatch = "  \
    "32\nbatch-size = 9\nresidual = true\nsteps = 24000\n" ADAM "lr = "      \
    "0.001\nlr-warmup = 100\nlr-schedule = cosine"
#define OF_LEAVES                                                         \
    "target = leaves\nlr-warmup = 0\nlr-schedule = constant\nresidual = " \
    "true\n" ADAM
#define SMALL_DENOISER                                               \
    "net = conv 6 3x3 padding=same, relu, conv 3 3x3 padding=same\n" \
    "degrade = noise:25\ncolor = rgb\npatch = 16\nbatch-size = 4\n"  \
    "steps = 40\nlr = 0.001\n" OF_LEAVES
#define SCENE "validation = " TEST_DATA "/../assets/scene.png"

static void enter(void)
{
    enter_directory();
    begin();
}

static void leave(void)
{
    end();
    leave_directory();
}

/* The first steps of both, which have the same losses. */
static void expect_same_steps(const char *settings, const char *more,
                              size_t count)
{
    double expected[MOST], got[MOST];
    char text[2048];
    snprintf(text, sizeof text, "%s\n%s", more, settings);
    program_begin(text);
    ck_assert_uint_eq(program_step(count, expected), count);
    expect_live(live_open(live, settings));
    expect_live(live_step(live, count, got));
    ck_assert_uint_eq(live_taken(live), count);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(alike(&got[i], &expected[i], 1),
                      "step %zu: %.17g, expected %.17g", i, got[i],
                      expected[i]);
}

/* The program in a process of its own, with what it prints in a file. */
static void run_command(const char *name, int argc, const char *const *argv,
                        const char *output)
{
    fflush(stdout);
    const pid_t child = fork();
    ck_assert(child >= 0);
    if (!child) {
        struct settings settings;
        cvl_error err;
        const struct command *const command = command_find(command_table, name);
        if (!freopen(output, "w", stdout) ||
            resolve(command, option_table, argc, argv, &settings, &err))
            _exit(99);
        const int status = command->run(&settings.config);
        fflush(stdout);
        _exit(status);
    }
    int status;
    ck_assert(waitpid(child, &status, 0) == child);
    ck_assert_int_eq(status, 0);
}

/* The number of that name in a report. */
static double member_of(const char *report, const char *name)
{
    const char *const at = strstr(report, name);
    ck_assert_msg(at, "%s is not in %.200s", name, report);
    return strtod(at + strlen(name) + strspn(at + strlen(name), "\": \t"),
                  NULL);
}

/* Past the short batch at an epoch's end. */
START_TEST(the_digits_losses_are_the_programs)
{
    struct tally *const tally = &program.sampled.tally;
    double losses[MOST], again[MOST];
    expect_same_steps(CLASSIFIER, "seed = 0", 50);
    tally_run(tally, &program.trainer.net, &program.trainer.loss, &program.exec,
              &program.sampled.samples, &program.sampled.samples.held_out,
              &program.data.input, &program.data.target);
    expect_live(live_evaluate(live, 1));
    const char *const report = live_report(live);
    ck_assert_ptr_nonnull(report);
    ck_assert(member_of(report, "count") == 360);
    ck_assert(member_of(report, "right") == (double)tally->answers.right);
    ck_assert(member_of(report, "loss") == tally->loss);
    ck_assert(member_of(report, "number") == 0);
    const size_t left = program_step(5, losses);
    expect_live(live_step(live, left, again));
    ck_assert(alike(losses, again, left));
    program_end();
}
END_TEST

/* Of the last epoch, what the program's line of it says. */
START_TEST(an_epochs_line_is_the_programs)
{
    static const char *const flags[] = {"--preset=digits", "--net=dense auto",
                                        "--epochs=2",      "--isa=base",
                                        "--hold-out=none", "--quiet"};
    static const char settings[] =
        "net = dense auto\ndata = digits\nhold-out = none\nbatch-size = "
        "32\nshift = 1\nepochs = 2\nlr = 0.003\nlr-schedule = cosine\nloss = "
        "cross-entropy\n" ADAM;
    double losses[200], loss = NAN, accuracy = NAN;
    char line[256];
    run_command("train", 6, flags, "said");
    FILE *const file = fopen("said", "r");
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "epoch:1", 7) == 0) {
            loss = member_of(line, "loss");
            accuracy = member_of(line, "accuracy");
        }
    fclose(file);
    expect_live(live_open(live, settings));
    expect_live(live_step(live, 200, losses));
    expect_live(live_evaluate(live, 0));
    const char *const epoch = strstr(live_report(live), "\"epoch\"");
    ck_assert(member_of(epoch, "number") == 1);
    ck_assert(member_of(epoch, "loss") == loss);
    ck_assert(member_of(epoch, "accuracy") == accuracy);
}
END_TEST

START_TEST(the_leaves_losses_and_its_measures_are_the_programs)
{
    double psnr[3];
    expect_same_steps(DENOISER, SCENE, 3);
    held_out_measure(&program.held_out, &program.trainer.net);
    expect_live(live_measure(live, psnr));
    ck_assert(psnr[0] == program.held_out.baseline);
    ck_assert(psnr[1] == program.held_out.blur);
    ck_assert(psnr[2] == program.held_out.psnr);
    program_end();
}
END_TEST

START_TEST(so_are_those_of_other_ways_to_degrade)
{
    static const char *const ways[] = {
        "net = conv 1 3x3 padding=same\ndegrade = blur:1.2\ncolor = y\nlr = "
        "0.001",
        "net = conv 3 3x3 padding=same\ndegrade = down:2\ncolor = keep\nlr = "
        "auto",
        "net = conv 12 3x3 padding=same, shuffle 2\ndegrade = shrink:2\ncolor "
        "= rgb\nlr = 0.01"};
    for (size_t i = 0; i < 3; i++) {
        char text[1024];
        double psnr[3];
        snprintf(text, sizeof text,
                 "%s\npatch = 16\nbatch-size = 4\nsteps = 9\ndtype = "
                 "float64\nseed = 5\n" OF_LEAVES,
                 ways[i]);
        expect_same_steps(text, SCENE, 5);
        held_out_measure(&program.held_out, &program.trainer.net);
        expect_live(live_measure(live, psnr));
        ck_assert(psnr[0] == program.held_out.baseline);
        ck_assert(psnr[2] == program.held_out.psnr);
        program_end();
    }
}
END_TEST

static void put_model(const char *path)
{
    const void *bytes;
    size_t size;
    cvl_error err;
    expect_live(live_save(live, "model", 0, &bytes, &size));
    const cvl_span piece = {bytes, size};
    expect_ok(cvl_file_write(path, &piece, 1, &err), err);
}

/* Levels that a picture's bytes hold, with strokes in it. */
static cvl_tensor make_picture(size_t channels, size_t height, size_t width)
{
    const size_t shape[4] = {1, channels, height, width};
    cvl_tensor picture;
    cvl_error err;
    expect_ok(cvl_tensor_init(&picture, CVL_F64, 4, shape, &err), err);
    for (size_t i = 0; i < picture.count; i++) {
        const size_t y = i / width % height, x = i % width;
        const bool ink = x > width / 3 && x < width / 2 && y > 3;
        cvl_tensor_set(&picture, i,
                       (double)(ink ? 20 + i % 3 : 230 + (i * 7) % 25) / 255);
    }
    return picture;
}

static const double *levels_of(const cvl_tensor *picture)
{
    return picture->data;
}

static int look_at(const cvl_tensor *picture)
{
    return live_look(live, levels_of(picture), picture->shape[1],
                     picture->shape[2], picture->shape[3]);
}

static int restore(const cvl_tensor *picture)
{
    return live_restore(live, levels_of(picture), picture->shape[1],
                        picture->shape[2], picture->shape[3]);
}

/* A number of csv, behind so many commas. */
static double field_of(const char *line, size_t commas)
{
    while (commas--) line = strchr(line, ',') + 1;
    return strtod(line, NULL);
}

static const struct {
    size_t channels, height, width;
} drawings[] = {{1, 28, 28}, {3, 120, 60}, {1, 8, 8}, {1, 9, 300}};

START_TEST(a_look_says_what_apply_says)
{
    char csv[4096] = "";
    double losses[MOST];
    static const char *const flags[] = {"--model=m.safetensors", "p.png",
                                        "--format=csv", "--isa=base",
                                        "--quiet"};
    cvl_tensor picture = make_picture(drawings[_i].channels,
                                      drawings[_i].height, drawings[_i].width);
    struct live_array p;
    cvl_error err;
    expect_live(live_open(live, CLASSIFIER));
    expect_live(live_step(live, 40, losses));
    expect_live(look_at(&picture));
    put_model("m.safetensors");
    expect_ok(picture_save("p.png", &picture, &err), err);
    run_command("apply", 5, flags, "answers.csv");
    FILE *const file = fopen("answers.csv", "r");
    ck_assert_ptr_nonnull(fgets(csv, sizeof csv, file));
    ck_assert_ptr_nonnull(fgets(csv, sizeof csv, file));
    fclose(file);
    expect_live(live_tensor(live, "look-p", 0, &p));
    ck_assert_uint_eq(p.count, 10);
    for (size_t k = 0; k < 10; k++)
        ck_assert_double_eq_tol(((double *)p.data)[k], field_of(csv, 3 + k),
                                1e-12);
    ck_assert_ptr_nonnull(live_said(live));
    cvl_tensor_free(&picture);
}
END_TEST

/* And to a model that was read again; look-map is the size of the slope. */
START_TEST(a_look_at_a_sample_is_its_row_of_the_batch)
{
    struct live_array x, sample, gradient, map, labels;
    const void *bytes;
    size_t size;
    double losses[MOST];
    expect_live(live_open(live, CLASSIFIER));
    expect_live(live_step(live, 10, losses));
    expect_live(live_look_at(live, 7));
    expect_live(live_look_gradient(live, 4));
    expect_live(live_tensor(live, "look-x", 0, &x));
    expect_live(live_tensor(live, "sample", 7, &sample));
    expect_live(live_tensor(live, "labels", 0, &labels));
    expect_live(live_tensor(live, "look-gradient", 0, &gradient));
    expect_live(live_tensor(live, "look-map", 0, &map));
    ck_assert_uint_eq(sample.count, 64);
    ck_assert_uint_eq(labels.count, 1797);
    ck_assert_int_eq((int)((double *)labels.data)[7], live_label(live, 7));
    ck_assert_int_eq(live_label(live, 1797), -1);
    for (size_t i = 0; i < 64; i++) {
        ck_assert(((float *)x.data)[i] == ((double *)sample.data)[i]);
        ck_assert(fabs(((float *)gradient.data)[i]) == ((double *)map.data)[i]);
    }
    expect_refused(live_look_gradient(live, 10), CVL_EINVAL,
                   "class 10 is asked for, and there are 10");
    expect_live(live_save(live, "look-x", 0, &bytes, &size));
    expect_live(live_read_array(live, bytes, size));
    expect_live(live_tensor(live, "read", 0, &map));
    ck_assert(((double *)map.data)[30] == ((float *)x.data)[30]);
}
END_TEST

static const struct {
    const char *settings;
    size_t channels, height, width;
} restored[] = {
    {SMALL_DENOISER, 3, 33, 47},
    {SMALL_DENOISER, 1, 20, 21},
    {DENOISER, 3, 35, 41},
    {"net = conv 4 3x3 padding=same, shuffle 2\ndegrade = shrink:2\npatch = "
     "16\ncolor = y\n" OF_LEAVES,
     3, 18, 25},
};

START_TEST(a_restored_picture_is_that_of_apply)
{
    static const char *const flags[] = {"--model=m.safetensors", "p.png",
                                        "--output=out.png", "--isa=base",
                                        "--quiet"};
    cvl_tensor picture = make_picture(restored[_i].channels,
                                      restored[_i].height, restored[_i].width);
    cvl_tensor made;
    struct live_array got;
    double losses[MOST];
    cvl_error err;
    expect_live(live_open(live, restored[_i].settings));
    expect_live(live_step(live, 3, losses));
    expect_live(restore(&picture));
    put_model("m.safetensors");
    expect_ok(picture_save("p.png", &picture, &err), err);
    run_command("apply", 5, flags, "said");
    expect_ok(picture_load("out.png", CVL_F64, &made, NULL, &err), err);
    expect_live(live_tensor(live, "picture", 0, &got));
    ck_assert_uint_eq(got.count, made.count);
    ck_assert_uint_eq(got.shape[2], made.shape[2]);
    for (size_t i = 0; i < made.count; i++)
        ck_assert_double_eq_tol(picture_sample(((float *)got.data)[i]) / 255.0,
                                cvl_tensor_get(&made, i), 1e-12);
    cvl_tensor_free(&made);
    cvl_tensor_free(&picture);
}
END_TEST

static const char *const kept[] = {
    "net = conv 4 2x2 stride=2 padding=1\nsteps = 9",
    "net = conv 4 3x3, batchnorm, relu, conv 1 1x1\nsteps = 3\ndtype = "
    "float64\nreduction = mean",
    "net = conv 4 3x3, relu, dense auto\ndata = digits\nsteps = 5\nloss = "
    "cross-entropy\nreduction = mean\noptimizer = adam\nlr = 0.003\n"
    "batch-size = 32\nshift = 0\ninit = normal\nlr-schedule = "
    "constant\nstandardize = true",
    SMALL_DENOISER};

/* The session's net as ONNX is what `convlet export` makes of its model. */
static void expect_onnx_of_program(void)
{
    static const char *const flags[] = {"--model=run/model.safetensors",
                                        "--output=run.onnx", "--force"};
    const void *bytes;
    size_t size;
    cvl_error err;
    cvl_bytes file;
    run_command("export", 3, flags, "said");
    expect_live(live_save(live, "onnx", 0, &bytes, &size));
    expect_ok(cvl_file_read("run.onnx", 1 << 20, &file, &err), err);
    ck_assert_uint_eq(file.size, size);
    ck_assert(memcmp(file.data, bytes, size) == 0);
    cvl_bytes_free(&file);
}

START_TEST(a_saved_model_is_the_programs_file)
{
    static char words[WORDS][512];
    const char *flags[WORDS];
    const void *bytes;
    size_t size;
    double losses[MOST];
    cvl_error err;
    cvl_bytes file;
    int argc = make_flags(kept[_i], flags, words);
    flags[argc++] = "--out=run";
    flags[argc++] = "--quiet";
    run_command("train", argc, flags, "said");
    expect_live(live_open(live, kept[_i]));
    expect_live(live_step(live, MOST, losses));
    expect_live(live_save(live, "model", 0, &bytes, &size));
    expect_ok(cvl_file_read("run/model.safetensors", 1 << 20, &file, &err),
              err);
    ck_assert_uint_eq(file.size, size);
    ck_assert(memcmp(file.data, bytes, size) == 0);
    expect_onnx_of_program();
    /* And what is loaded is saved as it was. */
    expect_live(live_load(live, file.data, file.size));
    expect_live(live_save(live, "model", 0, &bytes, &size));
    ck_assert_uint_eq(file.size, size);
    expect_onnx_of_program();
    cvl_bytes_free(&file);
}
END_TEST

START_TEST(a_loaded_model_looks_restores_and_lists_its_terms)
{
    cvl_bytes file;
    cvl_error err;
    double losses[MOST], p[10];
    struct live_array got;
    cvl_tensor picture = make_picture(1, 28, 28);
    expect_live(live_open(live, CLASSIFIER));
    expect_live(live_step(live, 10, losses));
    expect_live(look_at(&picture));
    expect_live(live_tensor(live, "look-p", 0, &got));
    memcpy(p, got.data, sizeof p);
    put_model("m.safetensors");
    expect_ok(cvl_file_read("m.safetensors", 1 << 20, &file, &err), err);
    expect_live(live_load(live, file.data, file.size));
    expect_live(look_at(&picture));
    expect_live(live_tensor(live, "look-p", 0, &got));
    ck_assert(memcmp(p, got.data, sizeof p) == 0);
    ck_assert_ptr_nonnull(strstr(live_describe(live), "\"9\""));
    expect_live(live_run(live));
    ck_assert_ptr_nonnull(live_terms(live, LIVE_OF_Y, 0, 0, 0, 3, 1, 1));
    expect_refused(restore(&picture), CVL_EINVAL,
                   "the net tells classes apart, and makes no picture; call "
                   "live_look");
    expect_refused(live_evaluate(live, 0), CVL_EINVAL,
                   "there are no samples; open data = digits");
    cvl_bytes_free(&file);
    cvl_tensor_free(&picture);
}
END_TEST

/* Whatever the bytes are, there is an answer in one line. */
static void expect_answer(int status)
{
    if (!status) return;
    ck_assert(*live_error(live));
    ck_assert_ptr_null(strchr(live_error(live), '\n'));
}

/* A copy that ends where the bytes do, so that whoever reads on is seen. */
static void try_bytes(const unsigned char *bytes, size_t size,
                      int (*take)(struct live *, const void *, size_t))
{
    unsigned char *const copy = malloc(size ? size : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, size);
    expect_answer(take(live, copy, size));
    free(copy);
}

static const char *const made_hostile[] = {"model", "param"};

START_TEST(hostile_bytes_break_nothing)
{
    int (*const take)(struct live *, const void *, size_t) =
        _i ? live_read_array : live_load;
    const void *bytes;
    size_t size;
    cvl_random random;
    expect_live(live_open(live, kept[2]));
    expect_live(live_save(live, made_hostile[_i], 0, &bytes, &size));
    unsigned char *const whole = malloc(size);
    ck_assert_ptr_nonnull(whole);
    memcpy(whole, bytes, size);
    for (size_t cut = 0; cut < size; cut += cut < 1200 ? 1 : 97)
        try_bytes(whole, cut, take);
    cvl_random_seed(&random, 1);
    for (int i = 0; i < 1500; i++) {
        const size_t at = cvl_random_below(
            &random, (uint32_t)(i % 3 && size > 900 ? 900 : size));
        const unsigned char was = whole[at];
        whole[at] ^= (unsigned char)(1U << cvl_random_below(&random, 8));
        try_bytes(whole, size, take);
        whole[at] = was;
    }
    expect_live(take(live, whole, size));
    free(whole);
}
END_TEST

START_TEST(what_makes_no_sense_is_told_in_a_sentence)
{
    static const struct {
        const char *settings, *message;
    } cases[] = {
        {"net = dense 10\ndata = mnist",
         "data: 'mnist' is none; expected digits"},
        {"net = dense 10\ndata = digits\nhold-out = a.npy",
         "hold-out is 'a.npy'; expected none, every:N or last:N"},
        {"net = dense 9\ndata = digits",
         "the net tells 9 classes apart, and the data has 10; end --net with "
         "dense 10"},
        {"net = dense 10\ndata = digits\nhold-out = last:1797",
         "no sample is left to train on: hold-out takes all 1797; hold out "
         "fewer"},
        {"net = conv 3 3x3\ndegrade = noise:25",
         "target is ones; beside degrade, say target = leaves"},
        {"net = conv 3 3x3\ndegrade = fog\ntarget = leaves",
         "--degrade: 'fog' is not noise:25, blur:1.2, down:2 or shrink:2"},
        {"net = conv 3 3x3\ndegrade = noise:25\ntarget = leaves",
         "the net makes 3x31x31 of a sample, and its target is 3x33x33; change "
         "--net, or --kernels, --stride and --padding"},
        {"net = relu\ntarget = leaves",
         "line 2: target: 'leaves' is none; expected ones, zeros, given or "
         "filter:NAME, or leaves beside degrade"},
        {"net = relu\ntarget = leaves\ndegrade = noise:25\npatch = "
         "4096\nbatch-size = 65536",
         "a batch of patches needs 201326592 MiB or more; the limit is 256 "
         "MiB; choose smaller sizes"},
    };
    double level = 2, psnr[3];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_ne(live_open(live, cases[i].settings), 0);
        ck_assert_str_eq(live_error(live), cases[i].message);
    }
    expect_refused(live_measure(live, psnr), CVL_EINVAL,
                   "nothing is open; call live_open");
    expect_live(live_open(live, SMALL_DENOISER));
    expect_refused(live_restore(live, &level, 1, 1, 1), CVL_EINVAL,
                   "level 0 of the picture is 2; expected levels from 0, "
                   "black, to 1, white");
    expect_refused(live_restore(live, &level, 2, 1, 1), CVL_EINVAL,
                   "a picture has 1 or 3 channels, and pixels; this one is "
                   "2x1x1 (channels, height, width)");
    expect_refused(live_restore(live, &level, 3, 65536, 65536), CVL_ENOMEM,
                   "the picture needs 98304 MiB or more; the limit is 256 MiB; "
                   "choose smaller sizes");
    expect_refused(live_look(live, &level, 1, 1, 1), CVL_EINVAL,
                   "the net tells no classes apart; open data = digits, or "
                   "load a classifier");
    expect_refused(live_load(live, "", 0), CVL_EFORMAT, live_error(live));
    expect_live(live_measure(live, psnr));
    ck_assert(psnr[0] > 20 && psnr[0] < 21);
}
END_TEST

START_TEST(restart_of_what_is_drawn_gives_the_same_bits)
{
    static const char *const all[] = {SMALL_DENOISER, CLASSIFIER};
    for (size_t i = 0; i < 2; i++) {
        double first[MOST], again[MOST];
        expect_live(live_open(live, all[i]));
        expect_live(live_step(live, 6, first));
        expect_live(live_restart(live));
        expect_live(live_step(live, 6, again));
        ck_assert(alike(first, again, 6));
    }
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

int main(void)
{
    Suite *const suite = suite_create("live_data");
    TCase *const all = tcase_create("live_data");
    tcase_add_checked_fixture(all, enter, leave);
    tcase_set_timeout(all, 300);
    tcase_add_test(all, the_digits_losses_are_the_programs);
    tcase_add_test(all, an_epochs_line_is_the_programs);
    tcase_add_test(all, the_leaves_losses_and_its_measures_are_the_programs);
    tcase_add_test(all, so_are_those_of_other_ways_to_degrade);
    tcase_add_loop_test(all, a_look_says_what_apply_says, 0, COUNT(drawings));
    tcase_add_test(all, a_look_at_a_sample_is_its_row_of_the_batch);
    tcase_add_loop_test(all, a_restored_picture_is_that_of_apply, 0,
                        COUNT(restored));
    tcase_add_loop_test(all, a_saved_model_is_the_programs_file, 0,
                        COUNT(kept));
    tcase_add_test(all, a_loaded_model_looks_restores_and_lists_its_terms);
    tcase_add_loop_test(all, hostile_bytes_break_nothing, 0,
                        COUNT(made_hostile));
    tcase_add_test(all, what_makes_no_sense_is_told_in_a_sentence);
    tcase_add_test(all, restart_of_what_is_drawn_gives_the_same_bits);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
