/* scenarios.c - see scenarios.h for the contract. */
#include "scenarios.h"

#include <check.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixtures.h"
#include "run.h"

#define TRAIN "train --quiet --threads 1 --steps 4 "
#define SMALL TRAIN "--height 6 --width 6 --channels 1 --kernels 1 "
#define SAME "--kernels 3 --stride 1 --kernel-size 3 --padding same "
#define INTO "--checkpoint-every 2 --out run "
#define PACKED "--data ../in/images.gz,../in/labels --net 'dense 2' "
#define EXPORT "export --model ../in/grey.safetensors "
#define APPLY "apply --quiet --threads 1 --model ../in/grey.safetensors "

const struct scenario scenarios[] = {
    {"help", "train --help", SCENARIO_QUICK, NULL},
    {"print_config", "train --print-config --config ../in/train.ini",
     SCENARIO_QUICK, NULL},
    {"train_printed", SMALL, SCENARIO_QUICK, NULL},
    {"train_jsonl", SMALL "--log jsonl --config ../in/train.ini", 0, NULL},
    {"train_kept", SMALL INTO, SCENARIO_RUN, NULL},
    {"train_over", SMALL INTO "--force", SCENARIO_RUN | SCENARIO_LONG,
     SMALL "--seed 3 --out run"},
    {"train_adam",
     TRAIN INTO "--height 6 --width 6 --channels 1 --optimizer adam --net "
                "'conv 1 2x2, relu'",
     SCENARIO_RUN | SCENARIO_LONG, NULL},
    {"train_threads",
     TRAIN INTO "--threads 4 --net 'conv 4 3x3 padding=same, relu, conv 4 3x3' "
                "--reduction mean --height 12 --width 12",
     SCENARIO_RUN | SCENARIO_LONG, NULL},
    {"train_cg", SMALL INTO "--optimizer cg --reduction mean --best",
     SCENARIO_RUN | SCENARIO_LONG, NULL},
    {"train_arrays", TRAIN INTO "--input ../in/x.npy --init-weight ../in/w.npy",
     SCENARIO_RUN | SCENARIO_LONG, NULL},
    {"train_model",
     TRAIN SAME "--input ../in/x.npy --init ../in/array.safetensors", 0, NULL},
    {"train_picture",
     TRAIN INTO "--input ../in/rgb.png --target filter:box --kernels 3 "
                "--kernel-size 3 --groups 3 --lr auto",
     SCENARIO_RUN, NULL},
    {"train_photos",
     TRAIN INTO "--target ../in/photos --degrade noise:25 --patch 4 "
                "--batch-size 2 --net 'conv 1 3x3 padding=same' --color y",
     SCENARIO_RUN | SCENARIO_LONG, NULL},
    {"train_packed", TRAIN PACKED "--batch-size 2", SCENARIO_LONG, NULL},
    {"train_folders",
     TRAIN INTO "--data ../in/kinds --hold-out none --net 'dense 2' --shift 1",
     SCENARIO_RUN | SCENARIO_LONG, NULL},
    {"train_pairs",
     TRAIN "--input ../in/kinds/a --target ../in/kinds/b --hold-out none "
           "--batch-size 1 --net 'conv 1 3x3 padding=same'",
     SCENARIO_LONG, NULL},
    {"train_cifar",
     TRAIN "--data ../in/data_batch_1.bin --hold-out none --net "
           "'maxpool 8, dense 10'",
     SCENARIO_LONG, NULL},
    {"train_ordered",
     TRAIN PACKED "--hold-out none --order ../in/order.npy --steps 2", 0, NULL},
    {"train_shards", SMALL INTO "--batch 4 --shards 3",
     SCENARIO_RUN | SCENARIO_LONG | SCENARIO_SHARED, NULL},
    {"train_shared",
     TRAIN INTO PACKED
     "--hold-out none --batch-size 3 --shards 2 --standardize",
     SCENARIO_RUN | SCENARIO_LONG | SCENARIO_SHARED, NULL},
    {"resume_shared", "train --quiet --threads 1 --resume run --steps 6",
     SCENARIO_RUN | SCENARIO_LONG | SCENARIO_SHARED,
     TRAIN INTO PACKED "--batch-size 3 --shards 2 --shift 1"},
    {"resume", "train --quiet --threads 1 --resume run --steps 6",
     SCENARIO_RUN | SCENARIO_LONG, SMALL INTO},
    {"conv",
     "conv --threads 1 --input ../in/x.npy --weight ../in/w.npy "
     "--output y.npy",
     SCENARIO_QUICK, NULL},
    {"conv_gradients",
     "conv --threads 1 --input ../in/x.npy --weight ../in/w.npy "
     "--grad-output ../in/dy.npy --grad-input dx.npy --grad-weight dw.npy "
     "--grad-bias db.npy --force",
     0, "conv --input ../in/x.npy --weight ../in/w.npy --output dw.npy"},
    {"conv_printed", "conv --input '1 2 3 4 5' --weight '1 0 -1'", 0, NULL},
    {"conv_net",
     "conv --threads 1 --net 'conv 2 3x3, relu, dense 3' --input ../in/x.npy "
     "--output y.npy --grad-input dx.npy --grad-params g.safetensors",
     0, NULL},
    {"conv_buffers",
     "conv --threads 1 --net batchnorm --input ../in/x.npy --mode train "
     "--buffers b.safetensors",
     0, NULL},
    {"conv_labels",
     "conv --threads 1 --net 'dense 3' --params ../in/dense.safetensors "
     "--input ../in/x.npy --loss cross-entropy --labels ../in/labels.npy",
     0, NULL},
    {"explain", "explain --at 1,2", 0, NULL},
    {"explain_arrays",
     "explain --input ../in/x.npy --weight ../in/w.npy --grad-weight 0,1,1,0 "
     "--format json",
     0, NULL},
    {"explain_drawing", "explain --geometry --stride 2 --format svg", 0, NULL},
    {"show", "show --model ../in/array.safetensors", SCENARIO_QUICK, NULL},
    {"show_picture",
     "show --model ../in/array.safetensors --picture kernels.png --force",
     SCENARIO_QUICK,
     "show --model ../in/grey.safetensors --picture kernels.png"},
    {"export", EXPORT "-o out.onnx", SCENARIO_QUICK, NULL},
    {"export_over", EXPORT "-o out.onnx --force", 0,
     "export --model ../in/classes.safetensors -o out.onnx"},
    {"export_through", "export --model ../in/classes.safetensors -o -", 0,
     NULL},
    {"version", "--version", SCENARIO_QUICK, NULL},
    {"check", "check --threads 3 --height 5 --width 5 --samples 4", 0, NULL},
    {"check_net",
     "check --threads 1 --height 5 --width 5 --samples 4 --net 'conv 1 2x2, "
     "relu'",
     0, NULL},
    {"explain_kept", "explain --threads 1 --grad-input 2,2 --save-arrays kept",
     0, NULL},
    {"explain_json",
     "explain --threads 1 --input ../in/x.npy --weight ../in/w.npy "
     "--grad-weight 1 --terms 2 --format json",
     0, NULL},
    {"explain_svg", "explain --threads 1 --at 1,2 --padding 1 --format svg", 0,
     NULL},
    {"explain_curve",
     "explain --threads 1 --net tanh --grad-input 1 --format svg", 0, NULL},
    {"explain_tile",
     "explain --threads 1 --algorithm winograd2 --at 1,2 --format svg", 0,
     NULL},
    {"explain_path",
     "explain --threads 1 --net 'conv 1 2x2, maxpool 2, dense 3' --layer 0 "
     "--grad-weight 0 --path --format svg",
     0, NULL},
    {"explain_map", "explain --geometry --format svg", SCENARIO_QUICK, NULL},
    {"explain_net",
     "explain --threads 1 --net 'conv 2 3x3, batchnorm, maxpool 2' --input "
     "../in/x.npy --layer 1 --grad-input 0,1,1,1 --save-arrays kept",
     0, NULL},
    {"explain_loss",
     "explain --threads 1 --net 'dense 3' --params ../in/dense.safetensors "
     "--input ../in/x.npy --loss cross-entropy --labels ../in/labels.npy "
     "--loss-row 0",
     0, NULL},
    {"explain_row",
     "explain --threads 1 --net 'dense 3' --input ../in/x.npy --loss-row 0 "
     "--format json",
     SCENARIO_QUICK, NULL},
    {"bench_net",
     "bench --threads 1 --data ../in/images.gz,../in/labels --net 'dense auto' "
     "--rounds 1 --seconds 0.001",
     SCENARIO_TIMED | SCENARIO_LONG, NULL},
    {"bench",
     "bench --threads 1 --shapes ../in/shapes.tsv --rounds 1 --seconds 0.001",
     SCENARIO_TIMED, NULL},
    {"apply_png", APPLY "../in/grey.png -o out.png", SCENARIO_QUICK, NULL},
    {"apply_over", APPLY "../in/grey.png -o out.png --force", 0,
     APPLY "../in/other.png -o out.png"},
    {"apply_jpeg", APPLY "../in/grey.jpg -o out.bmp", 0, NULL},
    {"apply_bmp", APPLY "../in/grey.bmp -o out.jpg", 0, NULL},
    {"apply_pnm", APPLY "../in/grey.pgm --compare ../in/grey.pgm", 0, NULL},
    {"apply_many", APPLY "../in/grey.png ../in/other.png -o out", SCENARIO_MANY,
     NULL},
    {"apply_through", APPLY "- -o -", 0, NULL},
    {"apply_classes",
     "apply --threads 1 --model ../in/classes.safetensors ../in/grey.png "
     "--compare 1 --format json",
     0, NULL},
    {"apply_labelled",
     "apply --threads 1 --model ../in/classes.safetensors ../in/grey.png "
     "../in/other.png --compare ../in/two.npy --format csv",
     SCENARIO_MANY | SCENARIO_LONG, NULL},
    {"apply_array",
     "apply --quiet --threads 1 --model ../in/array.safetensors "
     "../in/x.npy -o y.npy",
     0, NULL},
};
const size_t scenario_count = sizeof scenarios / sizeof scenarios[0];

/* Four pictures of 2 x 2, as an IDX file that is packed, and their labels. */
static const unsigned char IMAGES[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x01,
    0x20, 0x00, 0xdf, 0xff, 0x00, 0x00, 0x08, 0x03, 0x00, 0x00, 0x00,
    0x04, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x00, 0x0a,
    0x14, 0x1e, 0x28, 0x32, 0x3c, 0x46, 0x50, 0x5a, 0x64, 0x6e, 0x78,
    0x82, 0x8c, 0x96, 0x9e, 0xbf, 0x39, 0x0d, 0x20, 0x00, 0x00, 0x00};
static const unsigned char LABELS[] = {0x00, 0x00, 0x08, 0x01, 0x00, 0x00,
                                       0x00, 0x04, 0x00, 0x01, 0x01, 0x00};

/* Samples to be told apart. */
static void make_samples(void)
{
    static const unsigned char record[] = {[0] = 1, [1] = 200, [3072] = 100};
    ck_assert(!mkdir("kinds", 0777) && !mkdir("kinds/a", 0777) &&
              !mkdir("kinds/b", 0777));
    put_picture("kinds/a/1.png", "grey8.png", 0, 0);
    put_picture("kinds/b/1.png", "grey8.png", 0, 0);
    put_bytes("images.gz", IMAGES, sizeof IMAGES);
    put_bytes("labels", LABELS, sizeof LABELS);
    put_bytes("data_batch_1.bin", record, sizeof record);
}

void scenario_make_inputs(void)
{
    static const size_t x[] = {1, 3, 6, 6}, w[] = {4, 3, 2, 2},
                        dy[] = {1, 4, 5, 5}, dense[] = {3, 3, 6, 6},
                        bias[] = {3}, order[] = {2, 1};
    static const char *const params[] = {"0.weight", "dense.npy", "0.bias",
                                         "bias.npy", NULL};
    static const char config[] = "[training]\nsteps = 3\nlr = 0.01\n";
    static const char shapes[] = "A tiny 1 2 5 5 2 3 3 1 1\n";
    ck_assert(!mkdir("in", 0777) && !mkdir("in/photos", 0777) && !chdir("in"));
    put_array("x.npy", 4, x);
    put_array("w.npy", 4, w);
    put_array("dy.npy", 4, dy);
    put_array("dense.npy", 4, dense);
    put_array("bias.npy", 1, bias);
    put_array("order.npy", 2, order);
    put_array("two.npy", 1, order);
    put_tensors("dense.safetensors", params);
    put_array("labels.npy", 1, x);
    put_bytes("train.ini", config, sizeof config - 1);
    put_bytes("shapes.tsv", shapes, sizeof shapes - 1);
    put_picture("rgb.png", "rgb8.png", 0, 0);
    put_picture("grey.png", "grey8.png", 0, 0);
    put_picture("grey.jpg", "grey.jpg", 0, 0);
    put_picture("grey.pgm", "grey8.pgm", 0, 0);
    put_picture("photos/a.png", "rgb8.png", 0, 0);
    put_picture("photos/b.jpg", "grey.jpg", 0, 0);
    put_picture("photos/c.ppm", "rgb8.ppm", 0, 0);
    make_samples();
    run_expect(0, TRAIN SAME "--input x.npy --out array");
    run_expect(0, TRAIN "--input grey.png --target filter:box --kernels 1 "
                        "--kernel-size 3 --out grey");
    run_expect(0, TRAIN "--data digits --net 'dense 10' --out classes");
    ck_assert(!rename("classes/model.safetensors", "classes.safetensors"));
    ck_assert(!rename("array/model.safetensors", "array.safetensors") &&
              !rename("grey/model.safetensors", "grey.safetensors"));
    run_expect(0, "apply --model grey.safetensors grey.png -o other.png");
    run_expect(0, "apply --model grey.safetensors grey.png -o grey.bmp");
    ck_assert_int_eq(chdir(".."), 0);
}
