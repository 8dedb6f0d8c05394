/* commands.c - the commands of the program, one row each. */
#include "commands.h"

#include "apply/apply.h"
#include "bench/bench.h"
#include "check/check.h"
#include "conv/conv.h"
#include "explain/explain.h"
#include "export/export.h"
#include "nets/rules.h"
#include "show.h"
#include "train/train.h"

const struct command command_table[] = {
    {.name = "train",
     .run = train_run,
     .rules = train_rules,
     .preset = train_preset,
     .summary = "train a convolution layer toward a target",
     .examples =
         {{"convlet train", "the notebook's run: 50 steps, a loss a line"},
          {"convlet train --input photo.png --target filter:gaussian "
           "--out run",
           "learn a blur from a picture; pictures and settings go to run/"},
          {"convlet train --preset digits --out run",
           "tell handwritten digits apart; convlet apply reads yours then"},
          {"convlet train --config run/config.ini --steps 1000",
           "an earlier run again, for longer"},
          {"convlet train --lr 0.01 --print-config",
           "every setting and where it came from, without training"}}},
    {.name = "conv",
     .run = conv_run,
     .rules = conv_rules,
     .more_rules = net_loss_rules,
     .summary = "compute a convolution or a net, or its gradients, of arrays",
     .examples = {{"convlet conv --input '1 2 3 4 5' --weight '1 0 -1' "
                   "--padding same",
                   "numbers in, numbers out"},
                  {"convlet conv --input x.npy --weight w.npy --output y.npy",
                   "y = x * w"},
                  {"convlet conv --input x.npy --weight w.npy \\\n"
                   "      --grad-output dy.npy --grad-weight dw.npy",
                   "the gradient of the weight"},
                  {"convlet conv --net \"conv 8 3x3, relu, conv 1 3x3\" "
                   "\\\n"
                   "      --params p.safetensors --input x.npy -o y.npy",
                   "a whole net, with torch's params"}}},
    {.name = "explain",
     .run = explain_run,
     .rules = explain_rules,
     .more_rules = net_loss_rules,
     .summary = "show every product behind one number",
     .examples =
         {{"convlet explain --at 1,2",
           "the output at row 1, column 2 of the course's example"},
          {"convlet explain --grad-weight 0,1 --stride 2 --padding 1",
           "the gradient of one weight: every output that it touches"},
          {"convlet explain --grad-input 2,2",
           "of one input: what it scatters to, and the turned kernel"},
          {"convlet explain --input x.npy --weight w.npy --at 0,3,5,5",
           "an output of one's own arrays"},
          {"convlet explain --algorithm winograd2",
           "an output of fewer products: its tile, and all that is in it"},
          {"convlet explain --geometry --stride 2 --format svg >map.svg",
           "which inputs each output covers, as a drawing"},
          {"convlet explain --model run/model.safetensors --input x.npy "
           "\\\n"
           "      --layer 2 --grad-input 0,1,3,3",
           "any number of any layer of a net, here a gradient"},
          {"convlet explain --model run/model.safetensors --input x.npy "
           "\\\n"
           "      --layer 0 --grad-weight 0,0,1,1 --path",
           "how a weight's gradient comes down from the loss"},
          {"convlet explain --model run/model.safetensors --input four.png "
           "\\\n"
           "      --loss cross-entropy --labels 4 --loss-row 0",
           "the row of softmax, class by class, and the loss"}}},
    {.name = "check",
     .run = check_run,
     .rules = check_rules,
     .more_rules = net_loss_rules,
     .summary = "compare gradients with finite differences",
     .examples = {{"convlet check --kernel-size 3 --stride 2,1 --padding 1",
                   "every gradient of that layer, on random numbers"},
                  {"convlet check --dtype float32 --samples all",
                   "in single precision, every element"},
                  {"convlet check --net \"conv 8 3x3, relu, conv 3 3x3\"",
                   "every param of a net, and its input"}}},
    {.name = "show",
     .run = show_run,
     .rules = show_rules,
     .summary = "describe a model and draw its kernels",
     .examples = {{"convlet show --model run/model.safetensors",
                   "layers, shapes, receptive fields, kernels in colours"},
                  {"convlet show --model run/model.safetensors \\\n"
                   "      --picture kernels.png",
                   "the kernels as a picture too"},
                  {"convlet show --net \"conv 6 5x5, relu, dense 10\" \\\n"
                   "      --channels 1 --height 28 --width 28",
                   "how large a net is, before it is trained"}}},
    {.name = "apply",
     .run = apply_run,
     .summary = "run a trained model on pictures or arrays",
     .files = "FILE...",
     .examples = {{"convlet apply --model run/model.safetensors photo.png "
                   "-o better.png",
                   "one picture, of any size"},
                  {"convlet apply --model run/model.safetensors *.jpg -o out",
                   "many, into a directory; a JPEG becomes a PNG"},
                  {"curl URL | convlet apply --model run/model.safetensors - "
                   "-o - >better.png",
                   "- is standard input, here and wherever a file is read"},
                  {"convlet apply --model run/model.safetensors noisy.png \\\n"
                   "      --compare clean.png",
                   "the PSNR against the truth: noisy.png psnr:31.42"}}},
    {.name = "export",
     .run = export_run,
     .summary = "write a model as an ONNX file, for other programs",
     .examples = {{"convlet export --model run/model.safetensors -o net.onnx",
                   "for onnxruntime, and whatever else reads ONNX"}}},
    {.name = "bench",
     .run = bench_run,
     .rules = bench_rules,
     .summary = "time a layer's passes, or a net's step, against the peak",
     .examples = {{"convlet bench --batch 8 --channels 64 --height 56 "
                   "--width 56 \\\n"
                   "      --kernels 64 --kernel-size 3 --stride 1",
                   "that layer, on all processors"},
                  {"convlet bench --algorithm all --threads 1",
                   "each algorithm in turn, on one"},
                  {"convlet bench --net \"conv 8 3x3, relu, maxpool 2, dense "
                   "10\" \\\n"
                   "      --data digits",
                   "where the time of a training step goes"},
                  {"convlet bench --shapes tests/bench/shapes.tsv >bench.tsv",
                   "the twelve standard layers, as tab-separated values"}}},
    {0}};
