/* hint.c - see hint.h for the contract. */
#include "cli/hint.h"

#include <stddef.h>

#include "cli/option.h"

struct hint {
    const char *where; /* the commands, or the option; NULL: any command */
    const char *words;
    const char *answer;
};

static const struct hint FLAGS[] = {
    {NULL, "device cuda gpu gpus cpu mps no-cuda use-cuda use-gpu tpu",
     "convlet computes on processors alone; --threads says on how many"},
    {"train explain check bench conv",
     "transposed transpose transposed-conv conv-transpose deconv "
     "deconvolution output-padding",
     "a transposed convolution is the gradient by the input: convlet conv "
     "--grad-output X --grad-input -; to enlarge pictures, train with "
     "--degrade shrink:2"},
    {NULL, "padding-mode pad-mode pad-value border boundary",
     "only zeros are padded, as --padding says; pad the array before, as "
     "np.pad does, for anything else"},
    {"train", "mode",
     "say --padding same for the size of the input, 0 for valid"},
    {"bench", "mode", "a net is timed in steps of training, in mode train"},
    {"apply", "mode", "a model is used in mode eval"},
    {NULL, "flip flipped correlate rotate",
     "kernels are not turned, as in every deep learning library; turn yours "
     "before, as w[:, :, ::-1, ::-1], for a convolution of the textbooks"},
    {"train", "model model-path load load-model checkpoint ckpt weights",
     "--init FILE starts from a model, --resume DIR goes on with a run, --net "
     "\"conv 8 3x3, relu, conv 3 3x3\" says the layers"},
    {"train",
     "save save-model save-path save-dir model-dir logdir log-dir "
     "tensorboard wandb report plot",
     "--out DIR keeps the model, the losses, pictures and a report"},
    {"train",
     "activation relu depth hidden batchnorm batch-norm dropout "
     "num-layers",
     "layers are written out, as --net \"conv 8 3x3, relu, conv 3 3x3\"; "
     "--help lists their kinds"},
    {NULL, "amp fp16 half bf16 mixed-precision double float",
     "numbers are float32 or float64, as --dtype says"},
    {"train", "clip grad-clip clip-grad gradient-clipping max-norm clip-norm",
     "gradients are not clipped; lower --lr, or let --lr auto find one"},
    {"train", "early-stopping patience min-delta tol tolerance",
     "a run ends early where its output is as close as --rtol and --atol say"},
    {"train", "image images img picture pictures photo file",
     "--data DIR has labelled pictures, --input and --target are pairs of "
     "them; --target DIR with --degrade takes pictures and spoils them"},
    {"train", "profile profiler profiling timing timings trace benchmark",
     "convlet bench --net SPEC says where the time of a step goes"},
    {NULL, "num-workers workers n-jobs num-threads nproc",
     "--threads says how many processors to use"},
    {"apply", "input image img file picture photo",
     "files are named without a flag: convlet apply --model MODEL photo.png "
     "-o better.png"},
    {"apply", "scale factor upscale outscale",
     "a model enlarges as it was trained to; see --degrade shrink of train"},
    {NULL, "version V", "convlet --version prints the version"},
};

static const struct hint VALUES[] = {
    {"padding",
     "reflect reflection symmetric replicate edge nearest circular wrap mirror "
     "constant",
     "only zeros are padded; pad the array before, as np.pad does, for "
     "anything else"},
    {"padding", "valid none no VALID", "for none, write 0"},
    {"padding", "full", "for all that overlaps, write the kernel's size - 1"},
    {"padding", "zeros zero", "it is always zeros; write how many"},
    {"padding", "SAME Same", "did you mean 'same'?"},
    {"loss",
     "MSE MSELoss nn.MSELoss torch.nn.MSELoss mseloss l2 L2 l2loss squared "
     "mean_squared_error mean-squared-error mean_squared rmse",
     "did you mean 'mse'? With --reduction mean it is torch's MSELoss"},
    {"loss",
     "L1 L1Loss l1loss nn.L1Loss mae MAE mean_absolute_error "
     "mean-absolute-error absolute",
     "did you mean 'l1'? With --reduction mean it is torch's L1Loss"},
    {"loss", "smooth_l1 smooth-l1 SmoothL1Loss HuberLoss Huber nn.HuberLoss",
     "did you mean 'huber'? huber:0.5 is that with a delta of 0.5"},
    {"loss",
     "crossentropy cross_entropy ce nll CrossEntropyLoss softmax "
     "nn.CrossEntropyLoss NLLLoss categorical_crossentropy",
     "did you mean 'cross-entropy'? It takes the net's numbers as they are, "
     "softmax is part of it"},
    {"loss", "bce BCELoss BCEWithLogitsLoss binary_cross_entropy hinge",
     "cross-entropy of two classes is the nearest"},
    {"loss", "ssim psnr perceptual lpips vgg",
     "l1 and charbonnier are the nearest; the log has the PSNR beside them"},
    {"optimizer", "adamw AdamW rmsprop RMSprop adagrad nadam radam lion",
     "adam is the nearest"},
    {"optimizer", "Adam ADAM", "did you mean 'adam'?"},
    {"optimizer", "SGD", "did you mean 'sgd'?"},
    {"optimizer", "momentum nesterov nag",
     "it is sgd with --momentum 0.9, or with --nesterov too"},
    {"optimizer", "lbfgs LBFGS bfgs newton conjugate-gradient CG",
     "cg, conjugate gradients, is the nearest"},
    {"reduction", "none", "one loss is needed; mean is torch's usual one"},
    {"dtype", "float16 half fp16 bfloat16 bf16 f16",
     "did you mean 'float32'? It is the smallest there is"},
    {"dtype", "float fp32 f32 single F32 <f4", "did you mean 'float32'?"},
    {"dtype", "double fp64 f64 F64 <f8", "did you mean 'float64'?"},
    {"init",
     "he kaiming_normal kaiming_uniform he_normal he_uniform xavier "
     "glorot xavier_uniform glorot_uniform",
     "did you mean 'kaiming'?"},
    {"layer", "conv2d Conv2d Conv2D nn.Conv2d convolution convolve",
     "did you mean 'conv'? conv 8 3x3 has 8 kernels of 3x3"},
    {"layer", "conv1d Conv1d Conv1D conv3d",
     "conv has two axes; a signal is a picture of one row: conv 8 1x3"},
    {"layer",
     "pool maxpool2d MaxPool2d MaxPooling2D MaxPool nn.MaxPool2d maxpooling "
     "max-pool max_pool max_pool2d",
     "did you mean 'maxpool'? maxpool 2 takes the largest of 2x2"},
    {"layer",
     "avgpool2d AvgPool2d AveragePooling2D AvgPool nn.AvgPool2d avg-pool "
     "avg_pool avg_pool2d meanpool",
     "did you mean 'avgpool'? avgpool 2 takes the mean of 2x2"},
    {"layer",
     "gap globalavgpool global-avgpool global_avg_pool GlobalAveragePooling2D "
     "adaptiveavgpool adaptiveavgpool2d AdaptiveAvgPool2d nn.AdaptiveAvgPool2d",
     "avgpool all takes the mean of each channel"},
    {"layer",
     "batchnorm2d BatchNorm2d BatchNorm BatchNormalization nn.BatchNorm2d "
     "batch-norm batch_norm bn norm",
     "did you mean 'batchnorm'?"},
    {"layer",
     "layernorm LayerNorm groupnorm GroupNorm instancenorm "
     "InstanceNorm2d",
     "batchnorm is the nearest"},
    {"layer",
     "linear Linear nn.Linear fc FC Dense fully-connected fullyconnected mlp "
     "affine",
     "did you mean 'dense'? dense 10 makes 10 numbers of all channels, rows "
     "and columns"},
    {"layer", "flatten Flatten nn.Flatten reshape view squeeze",
     "leave it out; numbers stay in channels, rows and columns, and dense "
     "takes them as they are"},
    {"layer",
     "softmax Softmax nn.Softmax logsoftmax LogSoftmax log_softmax "
     "log-softmax argmax",
     "it belongs to the loss; end with dense, and say --loss cross-entropy"},
    {"layer", "dropout Dropout nn.Dropout dropout2d Dropout2d",
     "there is none; against overfitting, --shift moves the pictures and "
     "--weight-decay keeps weights small"},
    {"layer",
     "upsample Upsample UpSampling2D nn.Upsample interpolate resize unpool "
     "pixelshuffle PixelShuffle pixel-shuffle pixel_shuffle depth_to_space",
     "did you mean 'shuffle'? conv 12 3x3 padding=same, shuffle 2 makes 3 "
     "channels of twice the size"},
    {"layer",
     "transposed transpose convtranspose convtranspose2d ConvTranspose2d "
     "Conv2DTranspose nn.ConvTranspose2d conv-transpose conv_transpose deconv "
     "deconvolution",
     "a transposed convolution is the gradient by the input: convlet conv "
     "--grad-output X --grad-input -; in a net, conv and shuffle 2 enlarge"},
    {"layer", "ReLU Relu RELU nn.ReLU rectifier", "did you mean 'relu'?"},
    {"layer",
     "leakyrelu LeakyReLU nn.LeakyReLU leaky-relu leaky_relu lrelu prelu PReLU",
     "did you mean 'leaky'? leaky 0.1 has the slope 0.1 below 0"},
    {"layer",
     "relu6 ReLU6 gelu GELU elu ELU selu silu SiLU swish mish softplus",
     "relu and leaky are the nearest"},
    {"layer", "residual skip add concat cat shortcut",
     "a net is a row of layers, each of which sees the one before; --residual "
     "lets a restorer learn what its input lacks"},
    {"layer", "input Input InputLayer",
     "leave it out; what the net sees comes from the data"},
    {"lr-schedule", "step exponential plateau onecycle polynomial",
     "linear and cosine are the nearest"},
};

static const char *find(const struct hint *hints, size_t count,
                        const char *where, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if ((!hints[i].where || is_among(where, hints[i].where)) &&
            is_among(word, hints[i].words))
            return hints[i].answer;
    return NULL;
}

const char *hint_for_flag(const char *command, const char *name)
{
    return find(FLAGS, sizeof FLAGS / sizeof *FLAGS, command, name);
}

const char *hint_for_value(const char *option, const char *value)
{
    return find(VALUES, sizeof VALUES / sizeof *VALUES, option, value);
}
