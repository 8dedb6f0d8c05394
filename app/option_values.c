/* option_values.c - see option_values.h for the contract. */
#include "option_values.h"

#include <string.h>

#include <convlet/conv2d.h>
#include <convlet/exec.h>
#include <convlet/loss.h>
#include <convlet/net.h>

#include "base/setup.h"
#include "bench/layer.h"
#include "nets/rules.h"

const char *option_dtypes(size_t i)
{
    return i <= CVL_F64 ? cvl_dtype_name((cvl_dtype)i) : NULL;
}

const char *option_dtypes_or_auto(size_t i)
{
    return i == CVL_F64 + 1 ? "auto" : option_dtypes(i);
}

const char *option_isas(size_t i)
{
    if (i == 0) return "auto";
    return i - 1 <= CVL_ISA_AVX512 ? cvl_isa_name((cvl_isa)(i - 1)) : NULL;
}

const char *option_algorithms(size_t i)
{
    return cvl_conv_algo_name((cvl_conv_algo)i);
}

const char *option_algorithms_or_all(size_t i)
{
    return i ? option_algorithms(i - 1) : "all";
}

cvl_status option_check_loss(const char *text, cvl_error *err)
{
    cvl_loss loss;
    return cvl_loss_parse(text, &loss, err);
}

/* No fewer than there are. */
const char *option_settle_steps(const struct config *config)
{
    return config->data.order ? "1000000000" : NULL;
}

static bool explains_net(const struct config *config)
{
    return strcmp(config->start.command, "explain") == 0 &&
           net_is_given(config);
}

/* The course's example is of one convolution. */
const char *option_settle_input(const struct config *config)
{
    return explains_net(config) ? "random" : NULL;
}

/* As `conv` and `check` have it of a net. */
const char *option_settle_reduction(const struct config *config)
{
    if (explains_net(config) &&
        config->training.reduction == CVL_REDUCTION_NOTEBOOK)
        return cvl_reduction_name(CVL_REDUCTION_MEAN);
    return setup_default_reduction(&config->training);
}

const char *option_reductions(size_t i)
{
    return cvl_reduction_name((cvl_reduction)i);
}

const char *option_inits(size_t i)
{
    return cvl_init_name((cvl_init)i);
}

const char *option_phases_or_all(size_t i)
{
    if (i == 0) return "all";
    return i <= BENCH_PHASES ? bench_phase_name((enum bench_phase)(i - 1))
                             : NULL;
}
