/* nets_tinydnn.cpp - tiny-dnn's training step of LeNet-5, for nets.sh. */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <tiny_dnn/tiny_dnn.h>

/*
 *     nets_tinydnn SECONDS
 *
 * Times steps, from weights of its own, and prints the shortest and the middle
 * one, in microseconds, with a tab between. This version, Debian's, has the
 * activations inside the layers before them.
 */
using namespace tiny_dnn;

static double now()
{
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fputs("usage: nets_tinydnn SECONDS\n", stderr);
        return 2;
    }
    network<sequential> net;
    net << convolutional_layer<relu>(28, 28, 5, 1, 6, padding::same)
        << max_pooling_layer<identity>(28, 28, 6, 2)
        << convolutional_layer<relu>(14, 14, 5, 6, 16)
        << max_pooling_layer<identity>(10, 10, 16, 2)
        << fully_connected_layer<relu>(400, 120)
        << fully_connected_layer<relu>(120, 84)
        << fully_connected_layer<softmax>(84, 10);
    std::vector<vec_t> x(64, vec_t(784));
    std::vector<label_t> labels(64);
    for (auto &image : x)
        for (auto &pixel : image) pixel = (float_t)(uniform_rand(0.0, 1.0));
    for (auto &label : labels) label = (label_t)uniform_rand(0, 9);
    gradient_descent sgd;
    sgd.alpha = (float_t)0.01;
    net.init_weight();

    std::vector<double> times;
    const double end = now() + std::atof(argv[1]) * 1e6;
    do {
        const double start = now();
        net.train<cross_entropy_multiclass>(sgd, x, labels, 64, 1, nop, nop,
                                            false, 1);
        times.push_back(now() - start);
    } while (now() < end);
    std::sort(times.begin(), times.end());
    std::printf("%.1f\t%.1f\n", times[0], times[times.size() / 2]);
    return 0;
}
