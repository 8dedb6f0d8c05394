/* exec_pool.c - the threads of the process that tasks run on. */
#include "convlet/exec.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#endif

/*
 * A caller cuts its tasks into shares, one a worker, and takes turn after turn
 * to tell the threads that there is work: they spin for a while, then sleep.
 * Each claims tasks of its own share first, so that its cache keeps what it
 * has, then those that others have not got to. So nobody is waited for who has
 * not begun: a thread that gets no processor costs its help and nothing more.
 *
 *     caller   taken, shares, gate opened, turn | own share, others' | gate
 *                                                 shut, wait for those inside
 *     thread   wait for a turn | enter if open | own share, others' | leave
 *
 * The gate counts who is inside. What a job is may be read inside alone; it is
 * written where the gate is shut and nobody is.
 */
enum {
    LINE = 128,          /* bytes that go from core to core together */
    LOOKS = 32,          /* at what is waited for, between two at the clock */
    PATIENCE = 100000,   /* ns of spinning, then sleep */
    STACK = 1024 * 1024, /* bytes; some systems' own are few */
};

/* Bits of the gate. */
static const unsigned OPEN = 1U << 31;
static const unsigned AWAITED = 1U << 30; /* the caller sleeps until all left */
static const unsigned INSIDE = (1U << 30) - 1; /* how many are in */

typedef struct worker {
    _Alignas(LINE) atomic_size_t next; /* task of its share to be claimed */
    size_t end;
    atomic_bool asleep;
    pthread_cond_t wake;
    pthread_t thread;
} worker;

/* The first is whoever calls. */
static worker workers[CVL_MAX_THREADS];

typedef struct job {
    cvl_task *task;
    void *context;
    size_t workers;
} job;

/* What becomes of a task that is done beside. */
enum beside { FREE, FILLED, OFFERED, BEGUN, BEGUN_AWAITED, DONE };

static struct {
    _Alignas(LINE) atomic_uint turn; /* looked at by who waits */
    _Alignas(LINE) atomic_uint gate;
    atomic_bool taken; /* by a caller */
    job job;
    atomic_int patience;

    atomic_int beside; /* an enum beside */
    job beside_job;
    atomic_size_t beside_threads;

    atomic_size_t started, processors;
    atomic_bool refused; /* the system has let no more start */
    atomic_bool ending;
    bool knows_of_forks;
    pthread_mutex_t starting; /* held by who starts threads, or ends them */
    pthread_mutex_t asleep;   /* who goes to sleep looks again under it */
    pthread_cond_t done;
} pool = {.starting = PTHREAD_MUTEX_INITIALIZER,
          .asleep = PTHREAD_MUTEX_INITIALIZER,
          .done = PTHREAD_COND_INITIALIZER};

/* On a thread of the pool: what it runs there is no caller. */
static _Thread_local bool in_pool;

/* Waiting. */

static int64_t now(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Leaves what the core has to the other thread on it, for a moment. */
static void relax(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) && defined(__GNUC__)
    __asm__ volatile("yield");
#endif
}

/* Whether it comes true while we look on. */
static bool spin(bool (*is_there)(unsigned), unsigned argument)
{
    const int64_t patience =
        atomic_load_explicit(&pool.patience, memory_order_relaxed);
    if (is_there(argument)) return true;
    if (!patience) return false;
    const int64_t end = now() + patience;
    do {
        for (int i = 0; i < LOOKS; i++) {
            if (is_there(argument)) return true;
            relax();
        }
    } while (now() < end);
    return false;
}

static bool has_turned(unsigned seen)
{
    return atomic_load(&pool.turn) != seen;
}

static bool all_left(unsigned ignored)
{
    (void)ignored;
    return !(atomic_load(&pool.gate) & INSIDE);
}

static bool beside_is_done(unsigned ignored)
{
    (void)ignored;
    return atomic_load(&pool.beside) == DONE;
}

/* Until the turn is another than the one seen. */
static unsigned wait_for_turn(worker *self, unsigned seen)
{
    if (!spin(has_turned, seen)) {
        pthread_mutex_lock(&pool.asleep);
        for (;;) {
            atomic_store(&self->asleep, true);
            if (has_turned(seen)) break;
            pthread_cond_wait(&self->wake, &pool.asleep);
        }
        atomic_store(&self->asleep, false);
        pthread_mutex_unlock(&pool.asleep);
    }
    return atomic_load(&pool.turn);
}

/* Wakes those of the workers first .. last-1 who sleep. Whoever was about to
 * sleep when the turn came has seen it, or waits where it can be woken. */
static void announce(size_t first, size_t last)
{
    bool passed = false;
    atomic_fetch_add(&pool.turn, 1);
    for (size_t i = first; i < last; i++) {
        if (!atomic_load(&workers[i].asleep)) continue;
        if (!passed) {
            pthread_mutex_lock(&pool.asleep);
            pthread_mutex_unlock(&pool.asleep);
            passed = true;
        }
        if (atomic_exchange(&workers[i].asleep, false))
            pthread_cond_signal(&workers[i].wake);
    }
}

static void say_done(void)
{
    pthread_mutex_lock(&pool.asleep);
    pthread_cond_broadcast(&pool.done);
    pthread_mutex_unlock(&pool.asleep);
}

/* Regions. */

/* A task of a share that nobody has; false once all are had. */
static bool claim(worker *of, size_t *task)
{
    if (atomic_load_explicit(&of->next, memory_order_relaxed) >= of->end)
        return false;
    *task = atomic_fetch_add_explicit(&of->next, 1, memory_order_relaxed);
    return *task < of->end;
}

static void work(size_t self)
{
    const job *const all = &pool.job;
    for (size_t i = 0; i < all->workers; i++) {
        worker *const of = &workers[(self + i) % all->workers];
        size_t task;
        while (claim(of, &task)) all->task(all->context, task, self);
    }
}

static void take_part(size_t self)
{
    if (atomic_fetch_add(&pool.gate, 1) & OPEN && self < pool.job.workers)
        work(self);
    const unsigned before = atomic_fetch_sub(&pool.gate, 1);
    if ((before & INSIDE) == 1 && before & AWAITED) say_done();
}

static void shut_gate(void)
{
    if (!(atomic_fetch_and(&pool.gate, ~OPEN) & INSIDE)) return;
    if (spin(all_left, 0)) return;
    pthread_mutex_lock(&pool.asleep);
    atomic_fetch_or(&pool.gate, AWAITED);
    while (!all_left(0)) pthread_cond_wait(&pool.done, &pool.asleep);
    atomic_fetch_and(&pool.gate, ~AWAITED);
    pthread_mutex_unlock(&pool.asleep);
}

/* Beside. */

static bool beside_begins(int offered)
{
    return atomic_compare_exchange_strong(&pool.beside, &offered, BEGUN);
}

static void take_beside(size_t self)
{
    if (atomic_load(&pool.beside) != OFFERED ||
        self >= atomic_load(&pool.beside_threads) || !beside_begins(OFFERED))
        return;
    pool.beside_job.task(pool.beside_job.context, 0, 0);
    if (atomic_exchange(&pool.beside, DONE) == BEGUN_AWAITED) say_done();
}

/* Starting and ending. */

static void *live(void *place)
{
    worker *const self = place;
    const size_t index = (size_t)(self - workers);
    in_pool = true;
    for (unsigned seen = 0;;) {
        seen = wait_for_turn(self, seen);
        if (atomic_load(&pool.ending)) return NULL;
        take_beside(index);
        take_part(index);
    }
}

/* Of the threads, a child has the one that has called fork. */
static void forget_threads(void)
{
    pthread_mutex_init(&pool.starting, NULL);
    pthread_mutex_init(&pool.asleep, NULL);
    pthread_cond_init(&pool.done, NULL);
    atomic_store(&pool.started, 0);
    atomic_store(&pool.refused, false);
    atomic_store(&pool.ending, false);
    atomic_store(&pool.taken, false);
    atomic_store(&pool.gate, 0);
    if (atomic_load(&pool.beside) != OFFERED) atomic_store(&pool.beside, DONE);
    in_pool = false;
}

/* Signals are for the threads that the process has started by itself; but for
 * those of a fault in what a thread computes. */
static void leave_signals(sigset_t *before)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    sigset_t others;
    sigfillset(&others);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(&others, own[i]);
    pthread_sigmask(SIG_BLOCK, &others, before);
}

static bool start_one(worker *self)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes)) return false;
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_cond_init(&self->wake, NULL);
    atomic_store(&self->asleep, false);
    const bool is_there =
        !pthread_create(&self->thread, &attributes, live, self);
    pthread_attr_destroy(&attributes);
    return is_there;
}

static void know_of_forks(void)
{
    pool.knows_of_forks = !pthread_atfork(NULL, NULL, forget_threads);
}

/* Until there are so many, the caller among them, or the system refuses. Who
 * forks while this holds the mutex leaves it locked in the child, which must
 * be known before. */
static void start(size_t threads)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    sigset_t signals;
    pthread_once(&once, know_of_forks);
    pthread_mutex_lock(&pool.starting);
    size_t count = atomic_load(&pool.started) + 1;
    atomic_store(&pool.processors, cvl_processors());
    leave_signals(&signals);
    while (pool.knows_of_forks && count < threads && start_one(&workers[count]))
        atomic_store(&pool.started, count++);
    pthread_sigmask(SIG_SETMASK, &signals, NULL);
    atomic_store(&pool.refused, count < threads);
    pthread_mutex_unlock(&pool.starting);
}

/* How many of the threads there are, the caller among them. */
static size_t threads_at_hand(size_t threads)
{
    if (threads > atomic_load(&pool.started) + 1 && !atomic_load(&pool.refused))
        start(threads < CVL_MAX_THREADS ? threads : CVL_MAX_THREADS);
    const size_t there = atomic_load(&pool.started) + 1;
    return threads < there ? threads : there;
}

size_t cvl_threads_available(size_t threads)
{
    atomic_store(&pool.refused, false);
    return threads_at_hand(threads ? threads : 1);
}

void cvl_threads_end(void)
{
    pthread_mutex_lock(&pool.starting);
    const size_t started = atomic_load(&pool.started);
    atomic_store(&pool.ending, true);
    announce(1, started + 1);
    for (size_t i = 1; i <= started; i++) {
        pthread_join(workers[i].thread, NULL);
        pthread_cond_destroy(&workers[i].wake);
    }
    atomic_store(&pool.started, 0);
    atomic_store(&pool.refused, false);
    atomic_store(&pool.ending, false);
    pthread_mutex_unlock(&pool.starting);
}

size_t cvl_processors(void)
{
#ifdef __linux__
    cpu_set_t set;
    if (!sched_getaffinity(0, sizeof set, &set)) return (size_t)CPU_COUNT(&set);
#endif
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 1 ? (size_t)online : 1;
}

/* What callers see. */

static void run_alone(size_t tasks, cvl_task *task, void *context)
{
    for (size_t i = 0; i < tasks; i++) task(context, i, 0);
}

static void share_out(size_t tasks, size_t shares)
{
    const size_t each = tasks / shares, more = tasks % shares;
    size_t next = 0;
    for (size_t i = 0; i < shares; i++) {
        atomic_store_explicit(&workers[i].next, next, memory_order_relaxed);
        next += each + (i < more);
        workers[i].end = next;
    }
}

void cvl_exec_run(const cvl_exec *exec, size_t tasks, double flops,
                  cvl_task *task, void *context)
{
    const size_t useful = tasks < exec->threads ? tasks : exec->threads;
    if (useful < 2 || flops < exec->parallel_flops || in_pool ||
        atomic_exchange(&pool.taken, true)) {
        run_alone(tasks, task, context);
        return;
    }
    const size_t threads = threads_at_hand(useful);
    pool.job = (job){task, context, threads};
    share_out(tasks, threads);
    atomic_store_explicit(
        &pool.patience, threads <= atomic_load(&pool.processors) ? PATIENCE : 0,
        memory_order_relaxed);
    atomic_fetch_or(&pool.gate, OPEN);
    announce(1, threads);
    work(0);
    shut_gate();
    atomic_store(&pool.taken, false);
}

void cvl_exec_beside(const cvl_exec *exec, cvl_task *task, void *context,
                     cvl_beside *beside)
{
    int is_free = FREE;
    *beside = (cvl_beside){task, context, false};
    if (exec->threads < 2 || in_pool) return;
    const size_t threads = threads_at_hand(exec->threads);
    if (threads < 2 ||
        !atomic_compare_exchange_strong(&pool.beside, &is_free, FILLED))
        return;
    beside->is_offered = true;
    pool.beside_job = (job){task, context, 1};
    atomic_store(&pool.beside_threads, threads);
    atomic_store(&pool.beside, OFFERED);
    announce(threads - 1, threads);
}

void cvl_exec_join(cvl_beside *beside)
{
    if (!beside->is_offered || beside_begins(OFFERED)) {
        beside->task(beside->context, 0, 0);
    } else if (!spin(beside_is_done, 0)) {
        int begun = BEGUN;
        pthread_mutex_lock(&pool.asleep);
        if (atomic_compare_exchange_strong(&pool.beside, &begun, BEGUN_AWAITED))
            while (!beside_is_done(0))
                pthread_cond_wait(&pool.done, &pool.asleep);
        pthread_mutex_unlock(&pool.asleep);
    }
    if (beside->is_offered) atomic_store(&pool.beside, FREE);
    beside->is_offered = false;
}
