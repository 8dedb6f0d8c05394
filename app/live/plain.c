/* plain.c - a session's data where every step has the same batch. */
#include <string.h>

#include "data/made.h"
#include "live/session.h"

static bool is_plain(const struct config *config)
{
    return !config->data.data && !config->data.degrade;
}

static cvl_status init_input(struct live *live, cvl_error *err)
{
    const struct geometry_settings *const geometry = &live->config.geometry;
    const size_t shape[4] = {geometry->batch, geometry->channels,
                             geometry->height, geometry->width};
    const cvl_status status =
        live_bound("the input", live_bytes(shape, live->dtype), err);
    if (status) return status;
    if (strcmp(live->config.data.input, "random") == 0)
        return made_input(geometry, live->dtype, &live->random, &live->input,
                          err);
    return cvl_tensor_init(&live->input, live->dtype, 4, shape, err);
}

/* Of the net's output; labels are given. */
static cvl_status make_target(struct live *live, cvl_error *err)
{
    const char *const text = live->config.data.target;
    const cvl_tensor *const y = &live->trainer.net.output;
    const size_t labels[4] = {y->shape[0], 1, 1, 1};
    if (live_takes_labels(live) && strcmp(text, "given") != 0)
        return cvl_fail(err, CVL_EINVAL,
                        "loss %s is of labels, and target %s has none; say "
                        "target = given, and set t",
                        live->config.training.loss, text);
    if (live_takes_labels(live))
        return cvl_tensor_init(&live->target, live->dtype, 4, labels, err);
    if (strcmp(text, "given") == 0)
        return cvl_tensor_init_like(&live->target, y, err);
    const cvl_status status = made_target(text, NULL, &live->exec, &live->input,
                                          y, &live->target, err);
    return status ? status
                  : cvl_tensor_check_like("the target", &live->target, y, err);
}

static void draw(struct live *live)
{
    live->x = live->input;
    live->t = live->target;
}

void live_describe_unsampled(const struct live *live, struct json *json)
{
    const char *line = live->data.model_about.classes;
    json_open(json, "classes", '[');
    for (size_t length; line; line += length, line = *line ? line + 1 : NULL) {
        struct text name = {0};
        length = strcspn(line, "\n");
        text_add(&name, "%.*s", (int)length, line);
        json_string(json, NULL, name.data);
        text_free(&name);
    }
    json_close(json, ']');
    json_size(json, "training", 0);
    json_size(json, "held_out", 0);
    json_size(json, "per_epoch", 0);
}

const struct live_feed live_feed_plain = {.is = is_plain,
                                          .init = init_input,
                                          .finish = make_target,
                                          .draw = draw,
                                          .describe = live_describe_unsampled};
