/* test_bad_input.c - what each mistake is answered with, word for word. */

/*
 * A newcomer's mistakes: each row is one command line, the exit status (1 the
 * system refused, 2 usage or config, 3 bad data, 4 diverged), and the one line
 * that says what is wrong, where, and what to write instead.
 */
#include <stdio.h>
#include <string.h>

#include "bad_files.h"
#include "expect.h"
#include "fixtures.h"
#include "rows.h"
#include "run.h"
#include "sanitized.h"

enum { DIVERGED = 4 };

static const struct {
    const char *line;
    int status;
    const char *message;
} wrong[] = {

    /* the command itself */
    {"trian", 2, "convlet: unknown command 'trian'; did you mean 'train'?"},
    {"--steps 3", 2,
     "convlet: expected a command before '--steps'; see convlet --help"},
    {"xyzzy", 2, "convlet: unknown command 'xyzzy'; see convlet --help"},

    /* flags */
    {"train --step-count 5", 2,
     "convlet train: unknown flag --step-count; see convlet train --help"},
    {"train --learning-rate 0.1", 2,
     "convlet train: unknown flag --learning-rate; did you mean --lr?"},
    {"train --stpes 5", 2,
     "convlet train: unknown flag --stpes; did you mean --steps?"},
    {"train --xyzzy 5", 2,
     "convlet train: unknown flag --xyzzy; see convlet train --help"},
    {"train --steps", 2, "convlet train: --steps needs a value: --steps N"},
    {"train --steps --lr 0.1", 2,
     "convlet train: --steps needs a value: --steps N"},
    {"train --steps=", 2,
     "convlet train: --steps: '' is not a whole number; expected 1 to "
     "1000000000"},
    {"train 50", 2,
     "convlet train: unexpected argument '50'; every setting is a flag, see "
     "convlet train --help"},
    {"train --bias false", 2,
     "convlet train: unexpected argument 'false'; write --bias=true or "
     "--bias=false"},
    {"train --no-steps", 2,
     "convlet train: unknown flag --no-steps; see convlet train --help"},
    {"train --no-bias=false", 2,
     "convlet train: --no-bias takes no value; write --bias=true or "
     "--bias=false"},
    {"train --no-bais", 2,
     "convlet train: unknown flag --no-bais; did you mean --no-bias?"},
    {"train --weight w.npy", 2,
     "convlet train: --weight belongs to `convlet conv`, not `convlet train`; "
     "did you mean --init-weight?"},
    {"conv --steps 5", 2,
     "convlet conv: --steps belongs to `convlet train`, not `convlet conv`"},
    {"check --out run", 2,
     "convlet check: --out belongs to `convlet train`, not `convlet check`"},
    {"train --config", 2,
     "convlet train: --config needs a value: --config FILE"},

    /* values */
    {"train --steps 0", 2,
     "convlet train: --steps: '0' is out of range; expected 1 to 1000000000"},
    {"train --steps -1", 2,
     "convlet train: --steps: '-1' is out of range; expected 1 to 1000000000"},
    {"train --steps 1.5", 2,
     "convlet train: --steps: '1.5' is not a whole number; expected 1 to "
     "1000000000"},
    {"train --steps many", 2,
     "convlet train: --steps: 'many' is not a whole number; expected 1 to "
     "1000000000"},
    {"train --steps 99999999999999999999999", 2,
     "convlet train: --steps: '99999999999999999999999' is out of range; "
     "expected 1 to 1000000000"},
    {"train --steps 2000000000", 2,
     "convlet train: --steps: '2000000000' is out of range; expected 1 to "
     "1000000000"},
    {"train --lr fast", 2,
     "convlet train: --lr: 'fast' is not a number; expected auto, or a number "
     "above 0"},
    {"train --lr 0", 2,
     "convlet train: --lr: '0' is out of range; expected auto, or a number "
     "above 0"},
    {"train --lr -0.1", 2,
     "convlet train: --lr: '-0.1' is out of range; expected auto, or a number "
     "above 0"},
    {"train --lr nan", 2,
     "convlet train: --lr: 'nan' is not a number; expected auto, or a number "
     "above 0"},
    {"train --lr 1e999", 2,
     "convlet train: --lr: '1e999' is beyond what a number can hold; expected "
     "auto, or a number above 0"},
    {"train --momentum 1", 2,
     "convlet train: --momentum: '1' is out of range; expected 0 or more and "
     "below 1"},
    {"train --momentum -0.5", 2,
     "convlet train: --momentum: '-0.5' is out of range; expected 0 or more "
     "and below 1"},
    {"train --weight-decay -1", 2,
     "convlet train: --weight-decay: '-1' is out of range; expected 0 or more"},
    {"train --rtol -1", 2,
     "convlet train: --rtol: '-1' is out of range; expected 0 or more"},
    {"train --seed 4294967296", 2,
     "convlet train: --seed: '4294967296' is out of range; expected 0 to "
     "4294967295"},
    {"train --seed -1", 2,
     "convlet train: --seed: '-1' is out of range; expected 0 to 4294967295"},
    {"train --batch 0", 2,
     "convlet train: --batch: '0' is out of range; expected 1 or more"},
    {"train --kernels 0x4", 2,
     "convlet train: --kernels: '0x4' is not a whole number; expected auto, or "
     "1 or more"},
    {"train --stride 0", 2,
     "convlet train: --stride: '0' is out of range; expected 1 or more, as H,W "
     "or one number"},
    {"train --stride 2,0", 2,
     "convlet train: --stride: '2,0' is out of range; expected 1 or more, as "
     "H,W or one number"},
    {"train --stride 1,2,3", 2,
     "convlet train: --stride: '1,2,3' is not one or two whole numbers; "
     "expected 1 or more, as H,W or one number"},
    {"train --stride 2x2", 2,
     "convlet train: --stride: '2x2' is not one or two whole numbers; expected "
     "1 or more, as H,W or one number"},
    {"train --kernel-size 0", 2,
     "convlet train: --kernel-size: '0' is out of range; expected 1 or more, "
     "as H,W or one number"},
    {"train --dilation 0", 2,
     "convlet train: --dilation: '0' is out of range; expected 1 or more, as "
     "H,W or one number"},
    {"train --padding -1", 2,
     "convlet train: --padding: '-1' is out of range; expected P, or Y,X, or "
     "TOP,BOTTOM,LEFT,RIGHT, or same, or fit"},
    {"train --padding 1,2,3", 2,
     "convlet train: --padding: '1,2,3' is not a padding; expected P, or Y,X, "
     "or TOP,BOTTOM,LEFT,RIGHT, or same, or fit"},
    {"train --padding sane", 2,
     "convlet train: --padding: 'sane' is not a padding; expected P, or Y,X, "
     "or TOP,BOTTOM,LEFT,RIGHT, or same, or fit"},
    {"train --groups 0", 2,
     "convlet train: --groups: '0' is out of range; expected 1 or more"},
    {"train --bias=yes", 2,
     "convlet train: --bias: 'yes' is neither true nor false; expected true or "
     "false"},
    {"train --reduction meen", 2,
     "convlet train: --reduction: 'meen' is not one of mean, sum, notebook; "
     "did you mean 'mean'?"},
    {"train --init kaming", 2,
     "convlet train: --init: 'kaming' is not one of normal, kaiming, zeros; "
     "did you mean 'kaiming'?"},
    {"train --dtype float16", 2,
     "convlet train: --dtype: 'float16' is not one of float32, float64; did "
     "you mean 'float32'? It is the smallest there is"},
    {"train --algorithm fft", 2,
     "convlet train: --algorithm: 'fft' is not one of auto, direct, im2col, "
     "tiled, winograd, winograd2"},
    {"train --isa avx", 2,
     "convlet train: --isa: 'avx' is not one of auto, base, avx2, avx512; did "
     "you mean 'avx2'?"},
    {"train --isa neon", 2,
     "convlet train: --isa: 'neon' is not one of auto, base, avx2, avx512"},
    {"train --threads 0", 2,
     "convlet train: --threads: '0' is out of range; expected auto, or 1 to "
     "1024"},
    {"train --threads 100000", 2,
     "convlet train: --threads: '100000' is out of range; expected auto, or 1 "
     "to 1024"},
    {"train --log json", 2,
     "convlet train: --log: 'json' is not one of text, csv, jsonl; did you "
     "mean 'jsonl'?"},
    {"train --log-every 0", 2,
     "convlet train: --log-every: '0' is out of range; expected 1 or more"},
    {"train --preset filtre", 2,
     "convlet train: --preset: no preset 'filtre'; did you mean 'filter'?"},
    {"train --preset xyzzy", 2,
     "convlet train: --preset: no preset 'xyzzy'; expected "
     "notebook|filter|denoise|superres|enlarge|digits|fashion"},
    {"train --target filter:gausian", 2,
     "convlet train: --target: filter 'gausian' is not one of identity, box, "
     "gaussian, sobel-x, sobel-y, laplacian, sharpen, emboss; did you mean "
     "'gaussian'?"},
    {"train --target filter:xyzzy", 2,
     "convlet train: --target: filter 'xyzzy' is not one of identity, box, "
     "gaussian, sobel-x, sobel-y, laplacian, sharpen, emboss"},
    {"train --target ''", 2,
     "convlet train: --target: the value is empty; expected "
     "ones|zeros|FILE|DIR|leaves|filter:NAME"},
    {"train --input ''", 2,
     "convlet train: --input: the value is empty; expected "
     "random|FILE|DIR|NUMBERS"},
    {"check --samples 0", 2,
     "convlet check: --samples: '0' is out of range; expected all, or 1 or "
     "more"},
    {"check --tolerance 0", 2,
     "convlet check: --tolerance: '0' is out of range; expected auto, or a "
     "number above 0"},
    {"conv --input-layout nhcw", 2,
     "convlet conv: --input-layout: 'nhcw' is not one of nchw, nhwc; did you "
     "mean 'nchw'?"},
    {"conv --weight-layout ohwi", 2,
     "convlet conv: --weight-layout: 'ohwi' is not one of oihw, iohw, hwio"},

    /* config */
    {"train --config none.ini", 1,
     "convlet train: none.ini: cannot open: No such file or directory"},
    {"train --config dir", 1,
     "convlet train: dir: is a directory, expected a file"},
    {"train --config key.ini", 2,
     "convlet train: key.ini:4: unknown key 'learningrate'; did you mean "
     "'lr'?"},
    {"train --config section.ini", 2,
     "convlet train: section.ini:2: 'stride' belongs under [geometry], not "
     "[training]"},
    {"train --config name.ini", 2,
     "convlet train: name.ini:1: unknown section [trainig]; did you mean "
     "[training]?"},
    {"train --config value.ini", 2,
     "convlet train: value.ini:2: steps: 'many' is not a whole number; "
     "expected 1 to 1000000000"},
    {"train --config range.ini", 2,
     "convlet train: range.ini:2: momentum: '1' is out of range; expected 0 or "
     "more and below 1"},
    {"train --config twice.ini", 2,
     "convlet train: twice.ini:4: steps: already set in line 2"},
    {"train --config line.ini", 2,
     "convlet train: line.ini:2: expected key = value, or [section]"},
    {"train --config other.ini", 2,
     "convlet train: other.ini:2: 'weight' belongs to `convlet conv`, not "
     "`convlet train`"},
    {"train --config flag.ini", 2,
     "convlet train: flag.ini:1: 'preset' cannot stand in a file; give the "
     "flag --preset"},
    {"train --config quote.ini", 2,
     "convlet train: quote.ini:2: net: no closing quote; in quotes, write ; as "
     "\\;"},
    {"train --config long.ini", 2,
     "convlet train: long.ini:2: the line is 8993 bytes long; the limit is "
     "1024"},
    {"train --config binary.ini", 2,
     "convlet train: binary.ini: holds a NUL byte; expected text"},
    {"train --config good.png", 2,
     "convlet train: good.png: holds a NUL byte; expected text"},
    {"conv --config value.ini", 2,
     "convlet conv: value.ini:2: 'steps' belongs to `convlet train`, not "
     "`convlet conv`"},

    /* pictures to restore */
    {"train --degrade nosie:25 --target leaves", 2,
     "convlet train: --degrade: 'nosie:25' is not a way to degrade; did you "
     "mean 'noise:...'?"},
    {"train --degrade noise:-3 --target leaves", 2,
     "convlet train: --degrade: 'noise:-3' needs a deviation above 0 and up to "
     "255, as noise:25"},
    {"train --degrade noise:25 --target ones", 2,
     "convlet train: --degrade needs good pictures, not --target ones; add "
     "--target DIR, or --target leaves"},
    {"train --target leaves", 2,
     "convlet train: --target leaves gives good pictures alone; add what the "
     "net shall undo, as --degrade noise:25"},
    {"train --target dir", 2,
     "convlet train: --target dir gives good pictures alone; add what the net "
     "shall undo, as --degrade noise:25"},
    {"train --target dir --degrade noise:25", 3,
     "convlet train: dir: holds no picture (PNG, JPEG, BMP, binary PNM)"},
    {"train --target none --degrade noise:25", 1,
     "convlet train: none: cannot open: No such file or directory"},
    {"train --target good.png --degrade noise:25", 2,
     "convlet train: good.png: one picture leaves none to hold out; add "
     "--validation FILE"},
    {"train --target good.png --degrade noise:25 --validation good.png "
     "--patch 999",
     2,
     "convlet train: good.png: is 5 x 6 (height x width), smaller than --patch "
     "999,999"},
    {"train --target leaves --degrade noise:25 --validation text.png", 3,
     "convlet train: text.png: no picture of a kind that convlet reads (PNG, "
     "JPEG, BMP, binary PNM)"},
    {"train --target leaves --degrade noise:25 --net 'conv 3 3x3'", 2,
     "convlet train: with --degrade, the output must be as large as the "
     "input; use padding=same and stride=1, and as many kernels at the end as "
     "there are channels (3)"},
    {"train --target leaves --degrade noise:25 --input good.png", 2,
     "convlet train: --input has no effect beside --degrade, which makes the "
     "input from the target"},
    {"train --target leaves --degrade noise:25 --height 9", 2,
     "convlet train: --height has no effect beside --degrade, which makes the "
     "input from the target"},
    {"train --patch 20", 2,
     "convlet train: --patch goes with --degrade, which makes the input"},
    {"train --residual", 2,
     "convlet train: --residual goes with --degrade, which makes the input"},
    {"train --preset filter --degrade noise:25 --target leaves --optimizer cg",
     2,
     "convlet train: --optimizer cg needs the same data in every step, and "
     "--degrade draws other patches each time"},
    {"train --preset filter --degrade noise:25 --target leaves --best", 2,
     "convlet train: --best needs the same data in every step, and --degrade "
     "draws other patches each time"},
    {"train --degrade noise:25 --target leaves --color yuv", 2,
     "convlet train: --color: 'yuv' is not one of keep, y, rgb"},
    {"train --degrade noise:25 --target leaves --batch-size 0", 2,
     "convlet train: --batch-size: '0' is out of range; expected auto, or 1 to "
     "65536"},

    /* settings that do not go together */
    {"train --nesterov", 2,
     "convlet train: nesterov needs a momentum, for example 0.9"},
    {"train --kernel-size 23", 2,
     "convlet train: kernel height 23 does not fit the padded input height 22; "
     "use a smaller kernel or more padding"},
    {"train --kernel-size 2,30 --dilation 3", 2,
     "convlet train: kernel width 30 with dilation 3 does not fit the padded "
     "input width 22; use a smaller kernel or more padding"},
    {"train --groups 2", 2,
     "convlet train: groups 2 does not divide the 3 input channels"},
    {"train --groups 3", 2,
     "convlet train: groups 3 does not divide the 4 output channels"},
    {"train --tie-input-channels --groups 5", 2,
     "convlet train: groups 5 does not divide the 3 input channels"},
    {"train --target filter:gaussian", 2,
     "convlet train: filter:gaussian is 5x5 and does not fit a kernel of 2x2; "
     "use --kernel-size 5 or more"},
    {"train --kernels auto --target filter:sobel-x", 2,
     "convlet train: filter:sobel-x is 3x3 and does not fit a kernel of 2x2; "
     "use --kernel-size 3 or more"},
    {"train --batch 4294967296 --channels 4294967296", 1,
     "convlet train: out of memory: f32[4294967296x4294967296x20x20] has more "
     "elements than a size can count"},
    {"train --height 4294967296 --width 2147483648", 1,
     "convlet train: out of memory: f32[2x3x4294967296x2147483648] has more "
     "elements than a size can count"},
    {"train --padding 18446744073709551615", 2,
     "convlet train: the padded input height is too large"},
    {"check --kernel-size 23", 2,
     "convlet check: kernel height 23 does not fit the padded input height 22; "
     "use a smaller kernel or more padding"},
    {"train --channels 65535 --groups 7", 2,
     "convlet train: groups 7 does not divide the 65535 input channels"},
    {"train --epsilon 0 --optimizer adam", 2,
     "convlet train: --epsilon: '0' is out of range; expected auto, or a "
     "number above 0"},
    {"train --whiten --net 'conv 2 3x3, relu'", 2,
     "convlet train: --whiten is for one conv layer, and this net is none"},
    {"train --whiten --net relu", 2,
     "convlet train: --whiten is for one conv layer, and this net is none"},
    {"train --whiten --target leaves --degrade noise:25", 2,
     "convlet train: --whiten does not go with --degrade, which draws other "
     "windows in each step"},
    {"explain --layer= --net relu", 2,
     "convlet explain: --layer: the value is empty; expected I, 0 or more"},
    {"explain --at ''", 2,
     "convlet explain: --at: the value is empty; expected N,K,Y,X, each 0 or "
     "more"},
    {"conv --input '1 2' --weight=", 2,
     "convlet conv: --weight: the value is empty; expected FILE|NUMBERS"},
    {"bench --mode eval", 2,
     "convlet bench: there is no flag --mode; a net is timed in steps of "
     "training, in mode train"},
    {"train --net ''", 2,
     "convlet train: --net: the value is empty; expected SPEC"},
    {"train --out ''", 2,
     "convlet train: --out: the value is empty; expected DIR"},
    {"train --resume ''", 2,
     "convlet train: --resume: the value is empty; expected DIR"},
    {"train --config ''", 2,
     "convlet train: --config: the value is empty; expected FILE"},
    {"explain --save-arrays ''", 2,
     "convlet explain: --save-arrays: the value is empty; expected DIR"},
    {"conv --input '1 2' --weight 1 -o ''", 2,
     "convlet conv: --output: the value is empty; expected FILE|-"},
    {"conv --input 1,,2 --weight 1", 2,
     "convlet conv: '1,,2': expected a number, at ',2'"},
    {"conv --input [1,2,] --weight 1", 2,
     "convlet conv: '[1,2,]': expected a number, at ']'"},
    {"conv --input 1,-1e39 --weight 1 --dtype float32", 3,
     "convlet conv: 1,-1e39: element [0,0,0,1] is -1e+39, which is beyond what "
     "float32 can hold"},
    {"check --groups 7", 2,
     "convlet check: groups 7 does not divide the 3 input channels"},

    {"train --net 'conv 4 2x2' --no-bias", 2,
     "convlet train: --bias has no effect beside --net; write it into the "
     "layers, as conv 8 3x3 stride=2"},
    {"train --net 'conv 4 2x2, relu' --optimizer cg", 2,
     "convlet train: --optimizer cg is for one conv layer, and this net is "
     "none; use sgd or adam"},
    {"train --optimizer adam --momentum 0.9", 2,
     "convlet train: --momentum has no effect with --optimizer adam; leave it "
     "out"},
    {"train --optimizer cg --lr 0.1", 2,
     "convlet train: --lr has no effect with --optimizer cg; leave it out"},
    {"train --beta2 0.9", 2,
     "convlet train: --beta2 has no effect with --optimizer sgd; leave it out"},
    {"train --optimizer adm", 2,
     "convlet train: --optimizer: 'adm' is not one of {optimizers}; did you "
     "mean 'adam'?"},
    {"train --beta1 1 --optimizer adam", 2,
     "convlet train: --beta1: '1' is out of range; expected 0 or more and "
     "below 1"},
    {"train --net 'conv 4 2x2, relu' --best", 2,
     "convlet train: --best is for one conv layer, and this net is none"},
    {"train --region valid --padding 20 --kernel-size 40", 2,
     "convlet train: every output depends on the padding; use --region all, or "
     "a smaller kernel"},
    {"train --stride 1 --net 'conv 4 2x2'", 2,
     "convlet train: --stride has no effect beside --net; write it into the "
     "layers, as conv 8 3x3 stride=2"},
    {"train --input x.npy --batch 7", 2,
     "convlet train: --batch is for random input; x.npy has its own size"},
    {"train --input good.png --height 20", 2,
     "convlet train: --height is for random input; good.png has its own size"},

    /* nets */
    {"train --net 'conv'", 2,
     "convlet train: layer 0 (conv): conv needs its output channels and kernel "
     "size, such as conv 64 3x3"},
    {"train --net 'conv 8'", 2,
     "convlet train: layer 0 (conv 8): conv needs its output channels and "
     "kernel size, such as conv 64 3x3"},
    {"train --net 'conv 0 3x3'", 2,
     "convlet train: layer 0 (conv 0 3x3): output channels is 0, expected 1 or "
     "more"},
    {"train --net 'conv 8 0x3'", 2,
     "convlet train: layer 0 (conv 8 0x3): kernel height is 0, expected 1 or "
     "more"},
    {"train --net 'conv 8 3by3'", 2,
     "convlet train: layer 0 (conv 8 3by3): kernel size '3by3' is not a size "
     "such as 3 or 3x5"},
    {"train --net 'conv 8 3x3x3'", 2,
     "convlet train: layer 0 (conv 8 3x3x3): kernel size '3x3x3' is not a size "
     "such as 3 or 3x5"},
    {"train --net 'conv eight 3x3'", 2,
     "convlet train: layer 0 (conv eight 3x3): output channels 'eight' is not "
     "a number from 1 to 1000000"},
    {"train --net 'conv 8 3x3 strde=2'", 2,
     "convlet train: layer 0 (conv 8 3x3 strde=2): unknown key 'strde'; conv "
     "takes stride, padding, dilation, groups, bias, tied"},
    {"train --net 'conv 8 3x3 stride=0'", 2,
     "convlet train: layer 0 (conv 8 3x3 stride=0): stride height is 0, "
     "expected 1 or more"},
    {"train --net 'conv 8 3x3 padding=sme'", 2,
     "convlet train: layer 0 (conv 8 3x3 padding=sme): padding 'sme' is not "
     "same, fit, or sizes such as 1, 1x2 (rows x columns) or 0x1x0x1 (top x "
     "bottom x left x right)"},
    {"train --net 'conv 8 3x3 groups=2'", 2,
     "convlet train: layer 0 (conv 8 3x3 groups=2): groups 2 does not divide "
     "the 3 input channels"},
    {"train --net 'conv 8 3x3 bias=true'", 2,
     "convlet train: layer 0 (conv 8 3x3 bias=true): bias 'true' is neither "
     "yes nor no"},
    {"train --net 'conv 8 3x3 stride'", 2,
     "convlet train: layer 0 (conv 8 3x3 stride): 'stride' is not key=value, "
     "such as stride=2; a comma ends a layer"},
    {"train --net 'conv 8 30x30'", 2,
     "convlet train: layer 0 (conv 8 30x30): kernel height 30 does not fit the "
     "padded input height 20; use a smaller kernel or more padding"},
    {"train --net 'conv 8 3x3, , relu'", 2,
     "convlet train: layer 1 (): is empty; write a layer such as conv 8 3x3 or "
     "relu"},
    {"train --net 'conv 8 3x3, relu,'", 2,
     "convlet train: layer 2 (): is empty; write a layer such as conv 8 3x3 or "
     "relu"},
    {"train --net 'conv 8 3x3, rleu'", 2,
     "convlet train: --net: layer 1: unknown layer 'rleu'; did you mean "
     "'relu'?"},
    {"train --net 'conv 8 3x3, batman'", 2,
     "convlet train: layer 1 (batman): unknown layer 'batman'; there are "
     "{layers}"},
    {"train --net 'relu 3'", 2,
     "convlet train: layer 0 (relu 3): relu takes no argument, got '3'; a "
     "comma "
     "ends a layer"},
    {"train --net 'conv 8 3x3, relu, conv 3 30x3'", 2,
     "convlet train: layer 2 (conv 3 30x3): kernel height 30 does not fit the "
     "padded input height 18; use a smaller kernel or more padding"},
    {"train --net 'relu' --init-weight w.npy", 2,
     "convlet train: w.npy: the first layer has no weight"},
    {"train --net 'conv 8 3x3 bias=no' --init-bias b.npy", 2,
     "convlet train: b.npy: the first layer has no bias"},
    {"train --net 'conv 999999999 3x3'", 2,
     "convlet train: layer 0 (conv 999999999 3x3): output channels '999999999' "
     "is not a number from 1 to 1000000"},

    {"train --resume none", 1,
     "convlet train: none/config.ini: cannot open: No such file or directory; "
     "--resume goes on in what --out made"},
    {"show --model dir", 1,
     "convlet show: dir: is a directory, expected a model; a run's model is "
     "its model.safetensors"},
    {"show --model good.png", 3,
     "convlet show: good.png: is a picture, expected a model; a run's model is "
     "its model.safetensors"},
    {"show --model w.npy", 3,
     "convlet show: w.npy: is a .npy array, expected a model; a run's model is "
     "its model.safetensors"},
    {"apply --model dir rgb.png -o out.png", 1,
     "convlet apply: dir: is a directory, expected a model; a run's model is "
     "its model.safetensors"},

    /* train's files */
    {"train --input none.npy", 3,
     "convlet train: none.npy: is empty, shape (2, 0); save an array whose "
     "axes are all 1 or more"},
    {"train --input dir", 2,
     "convlet train: dir: is a directory of inputs; name that of their targets "
     "with --target, or, for a folder of each class, say --data dir"},
    {"train --input empty.npy", 3,
     "convlet train: empty.npy: is empty; expected a picture or a .npy array"},
    {"train --input nofile.npy", 1,
     "convlet train: nofile.npy: cannot open: No such file or directory"},
    {"train --input 'two\nlines.npy'", 1,
     "convlet train: two?lines.npy: cannot open: No such file or directory"},
    {"train --input zip.npy", 3,
     "convlet train: zip.npy: is a .npz archive; save one array: "
     "numpy.save(path, a)"},
    {"train --input cut.npy", 3,
     "convlet train: cut.npy: has 15 bytes of data, shape (2,) needs 16; save "
     "the array again"},
    {"train --input text.npy", 3,
     "convlet train: text.npy: is neither a picture of a kind that convlet "
     "reads (PNG, JPEG, BMP, binary PNM) nor a .npy array"},
    {"train --input rndom", 1,
     "convlet train: rndom: no such file; did you mean 'random'?"},
    {"train --input nan.npy", 3,
     "convlet train: nan.npy: element [0,0,1,2] is nan; every value must be "
     "finite"},
    {"train --input inf.npy", 3,
     "convlet train: inf.npy: element [0,1,4,4] is -inf; every value must be "
     "finite"},
    {"train --target one", 1,
     "convlet train: one: no such file; did you mean 'ones'?"},
    {"train --target gausian", 1,
     "convlet train: gausian: no such file; did you mean 'filter:gaussian'?"},
    {"train --target gaussian", 1,
     "convlet train: gaussian: no such file; did you mean 'filter:gaussian'?"},
    {"train --target none.npy", 3,
     "convlet train: none.npy: is empty, shape (2, 0); save an array whose "
     "axes are all 1 or more"},
    {"train --target t_deep.npy", 3,
     "convlet train: target t_deep.npy is f32[2x5x11x11], but the output for "
     "the input f32[2x3x20x20] is f32[2x4x11x11]; change --kernels"},
    {"train --target t_large.npy", 3,
     "convlet train: target t_large.npy is f32[2x4x12x12], but the output for "
     "the input f32[2x3x20x20] is f32[2x4x11x11]; change --stride or "
     "--padding"},
    {"train --input good.png --target small.ppm", 3,
     "convlet train: target small.ppm is f32[1x3x1x1], but the output for the "
     "input f32[1x3x5x6] is f32[1x3x5x6]; change --stride or --padding"},
    {"train --input good.png --target small.ppm --kernels 2", 3,
     "convlet train: target small.ppm is f32[1x3x1x1], but the output for the "
     "input f32[1x3x5x6] is f32[1x2x5x6]; change --kernels"},
    {"train --init-weight w.npy", 3,
     "convlet train: w.npy is f32[3x2x3x3], expected f32[4x3x2x2]"},
    {"train --init-weight none.npy", 3,
     "convlet train: none.npy: is empty, shape (2, 0); save an array whose "
     "axes are all 1 or more"},
    {"train --init-bias b.npy", 3,
     "convlet train: b.npy is f32[3], expected f32[4]"},
    {"train --init-weight good.png", 3,
     "convlet train: good.png: is not a .npy file; write one with "
     "numpy.save(path, a)"},
    {"train --net 'conv 4 3x3' --target t_large.npy", 3,
     "convlet train: target t_large.npy is f32[2x4x12x12], but the output for "
     "the input f32[2x3x20x20] is f32[2x4x18x18]; change --net"},
    {"train --net 'conv 3 9x9' --target t_large.npy", 3,
     "convlet train: target t_large.npy is f32[2x4x12x12], but the output for "
     "the input f32[2x3x20x20] is f32[2x3x12x12]; change --net"},

    /* arrays */
    {"conv --input int64.npy --weight w.npy --output y.npy", 3,
     "convlet conv: int64.npy: holds int64 ('<i8') values; save it as floats: "
     "numpy.save(path, a.astype('float64'))"},
    {"conv --input fortran.npy --weight w.npy --output y.npy", 3,
     "convlet conv: fortran.npy: is in Fortran order; save it in C order: "
     "numpy.save(path, numpy.ascontiguousarray(a))"},
    {"conv --input object.npy --weight w.npy --output y.npy", 3,
     "convlet conv: object.npy: holds Python objects ('|O'), which are never "
     "loaded; save it as floats: numpy.save(path, a.astype('float64'))"},
    {"conv --input big.npy --weight w.npy --output y.npy", 3,
     "convlet conv: big.npy: is big-endian ('>f8'); save it as little-endian: "
     "numpy.save(path, a.astype('<f8'))"},
    {"conv --input five.npy --weight w.npy --output y.npy", 3,
     "convlet conv: five.npy: has 5 axes, convlet takes 1 to 4; save fewer: "
     "numpy.save(path, a.reshape(...))"},
    {"conv --input cut.npy --weight w.npy --output y.npy", 3,
     "convlet conv: cut.npy: has 15 bytes of data, shape (2,) needs 16; save "
     "the array again"},
    {"conv --input long.npy --weight w.npy --output y.npy", 3,
     "convlet conv: long.npy: has 17 bytes of data, shape (2,) needs 16; save "
     "the array again"},
    {"conv --input none.npy --weight w.npy --output y.npy", 3,
     "convlet conv: none.npy: is empty, shape (2, 0); save an array whose axes "
     "are all 1 or more"},
    {"conv --input number.npy --weight w.npy --output y.npy", 3,
     "convlet conv: number.npy: holds a single number, shape (); save it as an "
     "array: numpy.save(path, numpy.atleast_1d(a))"},
    {"conv --input huge.npy --weight w.npy --output y.npy", 3,
     "convlet conv: huge.npy: has 8 bytes of data, shape (4294967296, "
     "4294967296) needs more than any memory; save the array again"},
    {"conv --input header.npy --weight w.npy --output y.npy", 3,
     "convlet conv: header.npy: header is damaged at byte 20: expected a type "
     "such as '<f8'; save the array again with numpy.save"},
    {"conv --input complex.npy --weight w.npy --output y.npy", 3,
     "convlet conv: complex.npy: holds complex128 ('<c16') values; save its "
     "real part: numpy.save(path, a.real)"},
    {"conv --input version.npy --weight w.npy --output y.npy", 3,
     "convlet conv: version.npy: is of .npy version 9.0, expected 1.0 to 3.0; "
     "save the array again with numpy.save"},
    {"conv --input cuthead.npy --weight w.npy --output y.npy", 3,
     "convlet conv: cuthead.npy: is cut short: has 8 of the 118 bytes of its "
     "header; save the array again"},
    {"conv --input zip.npy --weight w.npy --output y.npy", 3,
     "convlet conv: zip.npy: is a .npz archive; save one array: "
     "numpy.save(path, a)"},
    {"conv --input empty.npy --weight w.npy --output y.npy", 3,
     "convlet conv: empty.npy: is empty; expected a picture or a .npy array"},
    {"conv --input text.npy --weight w.npy --output y.npy", 3,
     "convlet conv: text.npy: is neither a picture of a kind that convlet "
     "reads (PNG, JPEG, BMP, binary PNM) nor a .npy array"},
    {"conv --input nan.npy --weight w.npy --output y.npy", 3,
     "convlet conv: nan.npy: element [0,0,1,2] is nan; every value must be "
     "finite"},
    {"conv --input x.npy --weight inf.npy --output y.npy", 3,
     "convlet conv: inf.npy: element [0,1,4,4] is -inf; every value must be "
     "finite"},
    {"conv --input /dev/null --weight w.npy --output y.npy", 1,
     "convlet conv: /dev/null: is not a regular file; copy it into one first"},
    {"conv --input text.png --weight w.npy --output y.npy", 3,
     "convlet conv: text.png: is neither a picture of a kind that convlet "
     "reads (PNG, JPEG, BMP, binary PNM) nor a .npy array"},

    /* pictures */
    {"train --input cut.png", 3,
     "convlet train: cut.png: damaged PNG: it ends at byte 100, in a chunk "
     "that starts at byte 33"},
    {"train --input crc.png", 3,
     "convlet train: crc.png: damaged PNG: the checksum of its IDAT chunk at "
     "byte 33 is wrong"},
    {"train --input bomb.png", 3,
     "convlet train: bomb.png: 23170 x 23170 pixels are more than the 67108864 "
     "that convlet reads"},
    {"train --input cut.jpg", 3,
     "convlet train: cut.jpg: damaged JPEG: it ends at byte 300, before its "
     "end-of-image marker"},
    {"train --input flipped.jpg", 3,
     "convlet train: flipped.jpg: damaged JPEG: no marker at byte 20"},
    {"train --input cut.bmp", 3,
     "convlet train: cut.bmp: damaged BMP: it has 66 bytes of pixels, expected "
     "100"},
    {"train --input bits.bmp", 3,
     "convlet train: bits.bmp: damaged BMP: its bits a pixel are 231"},
    {"train --input cut.ppm", 3,
     "convlet train: cut.ppm: damaged PNM: it has 5 bytes of samples, expected "
     "12"},
    {"train --input maximum.pgm", 3,
     "convlet train: maximum.pgm: damaged PNM: its maximum is 70000, expected "
     "1 to 65535"},
    {"train --input plain.ppm", 3,
     "convlet train: plain.ppm: is neither a picture of a kind that convlet "
     "reads (PNG, JPEG, BMP, binary PNM) nor a .npy array"},
    {"train --input gif.png", 3,
     "convlet train: gif.png: is neither a picture of a kind that convlet "
     "reads (PNG, JPEG, BMP, binary PNM) nor a .npy array"},
    {"train --input empty.png", 3,
     "convlet train: empty.png: is empty; expected a picture or a .npy array"},
    {"train --input text.png", 3,
     "convlet train: text.png: is neither a picture of a kind that convlet "
     "reads (PNG, JPEG, BMP, binary PNM) nor a .npy array"},
    {"train --input good.png --target cut.jpg", 3,
     "convlet train: cut.jpg: damaged JPEG: it ends at byte 300, before its "
     "end-of-image marker"},
    {"train --input good.png --target filter:gaussian --kernel-size 3", 2,
     "convlet train: filter:gaussian is 5x5 and does not fit a kernel of 3x3; "
     "use --kernel-size 5 or more"},
    {"train --input good.png --kernel-size 99 --padding 0", 2,
     "convlet train: kernel height 99 does not fit the padded input height 5; "
     "use a smaller kernel or more padding"},

    /* conv */
    {"conv", 2,
     "convlet conv: --input is missing; name a .npy array or write its "
     "numbers"},
    {"conv --weight w.npy --output y.npy", 2,
     "convlet conv: --input is missing; name a .npy array or write its "
     "numbers"},
    {"conv --input x.npy --output y.npy", 2,
     "convlet conv: --weight is missing; name a .npy array or write its "
     "numbers"},
    {"conv --input '[1 x]' --weight 1", 2,
     "convlet conv: '[1 x]': expected a number, at 'x]'"},
    {"conv --input x.npy --weight '[[1],[2,3]]'", 2,
     "convlet conv: '[[1],[2,3]]': rows of different lengths, at ']]'"},
    {"train --quiet --input normal:1,3,5,5", 2,
     "convlet train: 'normal:1,3,5,5': random arrays are for `convlet conv` "
     "and `convlet explain`; name a file or write the numbers"},
    {"conv --input x.npy --weight w.npy --grad-weight dw.npy", 2,
     "convlet conv: gradients need --grad-output dy.npy, the gradient by the "
     "output"},
    {"conv --input x.npy --weight w.npy --grad-output dy.npy", 2,
     "convlet conv: --grad-output is there, but no gradient is asked for; add "
     "--grad-weight, --grad-bias or --grad-input, with a file or with - to "
     "print it"},
    {"conv --input x.npy --weight w.npy --output y.npy --grad-output dy.npy", 2,
     "convlet conv: --grad-output is there, but no gradient is asked for; add "
     "--grad-weight, --grad-bias or --grad-input, with a file or with - to "
     "print it"},
    {"conv --input x.npy --weight none_such.npy --output y.npy", 1,
     "convlet conv: none_such.npy: cannot open: No such file or directory"},
    {"conv --input x.npy --weight one:1,1,3,3 --output y.npy", 1,
     "convlet conv: one:1,1,3,3: no such file; did you mean 'ones:1,1,3,3'?"},
    {"conv --input rnage:1,1,3,3 --weight w.npy --output y.npy", 1,
     "convlet conv: rnage:1,1,3,3: no such file; did you mean "
     "'range:1,1,3,3'?"},
    {"conv --input c:x.npy --weight w.npy --output y.npy", 1,
     "convlet conv: c:x.npy: cannot open: No such file or directory"},
    {"conv --input x.npy --weight good.png --output y.npy", 3,
     "convlet conv: good.png: is not a .npy file; write one with "
     "numpy.save(path, a)"},
    {"conv --input x.npy --weight w_deep.npy --output y.npy", 3,
     "convlet conv: w_deep.npy has kernels for 4 input channels, but x.npy has "
     "2 in 1 group, which needs 2"},
    {"conv --input x.npy --weight w_large.npy --output y.npy", 2,
     "convlet conv: kernel height 9 does not fit the padded input height 5; "
     "use a smaller kernel or more padding"},
    {"conv --input x.npy --weight w.npy --bias b_long.npy --output y.npy", 3,
     "convlet conv: b_long.npy is f64[4], expected f64[3]"},
    {"conv --input x.npy --weight w.npy --bias b_square.npy --output y.npy", 3,
     "convlet conv: b_square.npy is f64[3x1], expected f64[3]"},
    {"conv --input x.npy --weight w.npy --grad-output dy_small.npy "
     "--grad-input dx.npy",
     3, "convlet conv: dy_small.npy is f64[1x3x2x2], expected f64[1x3x3x3]"},
    {"conv --input x_batch.npy --weight w.npy --grad-output dy.npy "
     "--grad-weight dw.npy",
     3, "convlet conv: dy.npy is f64[1x3x3x3], expected f64[3x3x3x3]"},
    {"conv --input x.npy --weight w.npy --groups 2 --output y.npy", 2,
     "convlet conv: groups 2 does not divide the 3 output channels"},
    {"conv --input x.npy --weight w.npy --groups 3 --output y.npy", 2,
     "convlet conv: groups 3 does not divide the 2 input channels"},
    {"conv --input x.npy --weight w.npy --input-layout nhwc --output y.npy", 2,
     "convlet conv: kernel height 3 does not fit the padded input height 2; "
     "use a smaller kernel or more padding"},
    {"conv --input x.npy --weight w.npy --weight-layout hwio --output y.npy", 3,
     "convlet conv: w.npy has kernels for 3 input channels, but x.npy has 2 in "
     "1 group, which needs 2"},
    {"conv --input x.npy --weight w.npy --tie-input-channels --output y.npy", 3,
     "convlet conv: w.npy has kernels for 2 input channels, but x.npy has 2 in "
     "1 group, which needs 1"},
    {"conv --input x.npy --weight w.npy --stride 0 --output y.npy", 2,
     "convlet conv: --stride: '0' is out of range; expected 1 or more, as H,W "
     "or one number"},

    /* outputs */
    {"conv --input x.npy --weight w.npy --output /dev/full", 1,
     "convlet conv: /dev/full: cannot write: No space left on device"},
    {"conv --input x.npy --weight w.npy --output dir", 1,
     "convlet conv: dir: is a directory, expected a file"},
    {"conv --input x.npy --weight w.npy --output none/y.npy", 1,
     "convlet conv: none/y.npy: cannot write: No such file or directory"},
    {"conv --input x.npy --weight w.npy --output x.npy/y.npy", 1,
     "convlet conv: x.npy/y.npy: cannot write: Not a directory"},
    {"train --quiet --steps 1 --out earlier", 2,
     "convlet train: earlier holds an earlier run; choose another --out, "
     "continue it with --resume earlier, or add --force to overwrite it"},
    {"train --quiet --steps 1 --out x.npy/run", 1,
     "convlet train: x.npy: is not a directory; choose another --out"},
    {"train --quiet --steps 1 --out /proc/none/run", 1,
     "convlet train: /proc/none: cannot make the directory: No such file or "
     "directory"},
    {"train --quiet --steps 1 --out x.npy", 1,
     "convlet train: x.npy: is not a directory; choose another --out"},
    {"train --quiet --steps 2 > /dev/full", 1,
     "convlet train: cannot write to standard output"},
    {"train --quiet --steps 2 >&-", 1,
     "convlet train: cannot write to standard output"},
    {"train --quiet --steps 1 --out /dev/full", 1,
     "convlet train: /dev/full: is not a directory; choose another --out"},
    {"conv --input 1 --weight 1 > /dev/full", 1,
     "convlet: cannot write to standard output"},
    {"train --print-config > /dev/full", 1,
     "convlet: cannot write to standard output"},
    {"check > /dev/full", 1, "convlet: cannot write to standard output"},
    {"train --help > /dev/full", 1, "convlet: cannot write to standard output"},
    {"train --quiet --lr 1e30", 4,
     "convlet train: step 2: training diverged: the loss is nan and 0.weight "
     "is "
     "not finite; try a smaller --lr than 1e+30; it is stable below "
     "2/lambda_max = 0.014"},
    {"train --quiet --lr 1e30 --log jsonl", 4,
     "convlet train: step 2: training diverged: the loss is nan and 0.weight "
     "is "
     "not finite; try a smaller --lr than 1e+30; it is stable below "
     "2/lambda_max = 0.014"},
    {"train --quiet --lr 1e30 --log csv --dtype float64", 4,
     "convlet train: step 5: training diverged: the loss is inf and its "
     "squares "
     "are beyond any number; try a smaller --lr than 1e+30; it is stable below "
     "2/lambda_max = 0.014"},
    {"train --quiet --input x.npy --lr 1e6 --momentum 0.9", 4,
     "convlet train: step 5: training diverged: the loss is nan and 0.weight "
     "is "
     "not finite; try a smaller --lr than 1e+06; it is stable below "
     "2/lambda_max = 0.00301, with momentum 0.9 below 0.00573"},

    {"train --linear-light", 2,
     "convlet train: --linear-light is for pictures, and random input is none"},
    {"train --target leaves --degrade noise:9 --linear-light", 2,
     "convlet train: --linear-light does not go with --degrade, whose pictures "
     "stay as --color says"},
    {"train --target leaves --degrade noise:9 --share-channels", 2,
     "convlet train: --share-channels does not go with --degrade, whose "
     "pictures stay as --color says"},

    /* apply */
    {"apply", 2,
     "convlet apply: --model is missing: what training left, such as "
     "run/model.safetensors"},
    {"apply --model strided/model.safetensors", 2,
     "convlet apply: no file to apply the model to: convlet apply --model "
     "strided/model.safetensors photo.png -o out"},
    {"apply --model strided/model.safetensors good.png", 2,
     "convlet apply: nothing to do: write the result with -o FILE or -o DIR, "
     "or measure it with --compare"},
    {"apply --model none.safetensors good.png -o y.png", 1,
     "convlet apply: none.safetensors: cannot open: No such file or "
     "directory"},
    {"apply --tile 8 good.png -o y.png", 2,
     "convlet apply: --tile: '8' is out of range; expected auto, or 16 to "
     "65536"},
    {"apply --lr 1 good.png", 2,
     "convlet apply: --lr belongs to `convlet train`, not `convlet apply`"},
    {"apply good.png -o", 2,
     "convlet apply: --output needs a value: --output FILE|DIR|-"},
    {"apply --out y.png good.png", 2,
     "convlet apply: --out belongs to `convlet train`, not `convlet apply`; "
     "did you mean --output?"},
    {"train --output run", 2,
     "convlet train: --output belongs to `convlet apply`, not `convlet train`; "
     "did you mean --out?"},
    {"apply -x good.png", 2,
     "convlet apply: unknown flag -x; see convlet apply --help"},
    {"apply --model unit/model.safetensors good.png -o y.gif", 2,
     "convlet apply: --output: y.gif: a file's name ends in .png, .bmp, .jpg, "
     ".jpeg or .npy; a new directory's has no ending, or ends in /"},
    {"apply --model unit/model.safetensors good.png good.png -o y", 2,
     "convlet apply: good.png and good.png would both become y/good.png; "
     "apply them one by one"},
    {"apply --model unit/model.safetensors good.png x.npy --compare good.png",
     2,
     "convlet apply: --compare: good.png is not a directory; 2 files are "
     "compared with those of their names in one"},
    {"apply --model unit/model.safetensors good.png -o y.png", 3,
     "convlet apply: y.png: a picture has 1 or 3 channels, but the model "
     "makes 1x4 of good.png; write an array (.npy)"},
    {"apply --model unit/model.safetensors cut.png -o y.npy", 3,
     "convlet apply: cut.png: damaged PNG: it ends at byte 100, in a chunk "
     "that starts at byte 33"},
    {"apply --model unit/model.safetensors x.npy -o y.npy", 3,
     "convlet apply: x.npy: has 2 channels, but the model takes 3"},
    {"apply --quiet --model unit/model.safetensors good.png --compare none.png",
     1, "convlet apply: none.png: cannot open: No such file or directory"},
    {"apply --quiet --model unit/model.safetensors good.png --compare "
     "good.png",
     3, "convlet apply: good.png is f32[1x3x5x6], expected f32[1x4x5x6]"},
    {"apply --quiet --model unit/model.safetensors good.png -o none/y.npy", 1,
     "convlet apply: none/y.npy: cannot write: No such file or directory"},
    {"apply --quiet --model unit/model.safetensors good.png -o x.npy/y/", 1,
     "convlet apply: x.npy: is not a directory; choose another --output"},
};

static void enter(void)
{
    enter_scratch();
    make_bad_files();
    run_expect(0, "train --quiet --steps 1 --out strided");
    run_expect(0, "train --quiet --steps 1 --net 'conv 4 1x1' --out unit");
}

START_TEST(each_mistake_gets_its_one_line_and_its_exit_status)
{
    char named[1000], expected[1024];
    const size_t before = count_entries(".");
    /* Where its scan is cut, the decoder sees that, and there is none. */
    if (UNDER_TSAN && strstr(wrong[_i].line, "cut.jpg")) return;
    const struct outcome outcome = run(wrong[_i].line);
    snprintf(expected, sizeof expected, "%s\n",
             rows_named(wrong[_i].message, named, sizeof named));
    ck_assert_str_eq(outcome.err, expected);
    ck_assert_int_eq(outcome.status, wrong[_i].status);
    /* Only a run that went wrong later has printed a result. */
    if (wrong[_i].status == DIVERGED)
        ck_assert_uint_gt(outcome.out_size, 0);
    else
        ck_assert_str_eq(outcome.out, "");
    ck_assert_uint_eq(count_entries("."), before);
}
END_TEST

START_TEST(no_command_is_answered_with_the_help_on_standard_error)
{
    static char help[16384];
    const struct outcome asked = run_expect(0, "--help");
    memcpy(help, asked.out, asked.out_size + 1);
    const struct outcome outcome = run_expect(2, "");
    ck_assert_str_eq(outcome.err, help);
    ck_assert_str_eq(outcome.out, "");
}
END_TEST

START_TEST(a_message_does_not_depend_on_the_order_of_the_flags)
{
    const char *const message =
        "convlet train: kernel height 23 does not fit the padded input height "
        "22; use a smaller kernel or more padding\n";
    ck_assert_str_eq(run_expect(2, "train --kernel-size 23 --steps 3").err,
                     message);
    ck_assert_str_eq(run_expect(2, "train --steps 3 --kernel-size 23").err,
                     message);
}
END_TEST

START_TEST(a_failed_output_leaves_the_file_that_was_there)
{
    char before[1024], after[1024];
    const size_t size = get_text("b.npy", before, sizeof before);
    run_expect(3, "conv --input nan.npy --weight w.npy --output b.npy --force");
    ck_assert_uint_eq(get_text("b.npy", after, sizeof after), size);
    ck_assert_mem_eq(before, after, size);
}
END_TEST

int main(void)
{
    const int count = (int)(sizeof wrong / sizeof wrong[0]);
    Suite *const suite = suite_create("bad_input");
    TCase *const all = tcase_create("bad_input");
    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, enter, leave_scratch);
    tcase_add_loop_test(all, each_mistake_gets_its_one_line_and_its_exit_status,
                        0, count);
    tcase_add_test(all, no_command_is_answered_with_the_help_on_standard_error);
    tcase_add_test(all, a_message_does_not_depend_on_the_order_of_the_flags);
    tcase_add_test(all, a_failed_output_leaves_the_file_that_was_there);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
