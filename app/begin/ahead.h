/* ahead.h - the next batch, drawn beside the step that learns from this one. */
#ifndef CONVLET_BEGIN_AHEAD_H
#define CONVLET_BEGIN_AHEAD_H

#include <convlet/exec.h>
#include <convlet/random.h>

/*
 * Draws the batch of a step into the first images of x and t, from where the
 * stream is; returns how many. Cannot fail. What it reads and writes beside
 * these is nobody else's while a batch is drawn ahead.
 */
typedef size_t ahead_draw(void *source, cvl_random *random, size_t step,
                          cvl_tensor *x, cvl_tensor *t);

/* {0} is empty. Not to be moved once a batch is begun. */
struct ahead {
    ahead_draw *draw;
    void *source;
    cvl_exec exec;
    cvl_tensor x, t;   /* room for it; no data: nothing is drawn ahead */
    cvl_random random; /* the stream behind it */
    size_t step, count;
    bool is_drawn; /* or begun, until it is taken */
    cvl_beside beside;
};

/*
 * Batches like x and t are to be drawn. With more than one thread there is room
 * for one more of them. CVL_ENOMEM; free it in any case.
 */
cvl_status ahead_init(struct ahead *ahead, const cvl_exec *exec,
                      ahead_draw *draw, void *source, const cvl_tensor *x,
                      const cvl_tensor *t, cvl_error *err);

/* Lets the batch of a step be drawn beside what follows, from a stream that
 * stays where it is. Nothing with one thread. */
void ahead_begin(struct ahead *ahead, const cvl_random *random, size_t step);

/*
 * Makes x and t the batch of a step, and the stream what is behind it; returns
 * the number of images. The one that was begun, if it is of that step, in the
 * place of theirs; else it is drawn now. It is the same: so are the images
 * behind those of a short batch, which are those of the batch before.
 */
size_t ahead_take(struct ahead *ahead, cvl_random *random, size_t step,
                  cvl_tensor *x, cvl_tensor *t);

/* Waits for what was begun, and forgets it. */
void ahead_stop(struct ahead *ahead);

/* Stops, frees and resets; idempotent. */
void ahead_free(struct ahead *ahead);

#endif
