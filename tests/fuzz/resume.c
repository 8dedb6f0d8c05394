/* resume.c - fuzz target: what `train --resume` finds in a run's directory. */
#include <convlet/file.h>
#include <convlet/safetensors.h>

#include "train_common.h"

/*
 * The first byte is the number of a run that was stopped. Then come changes to
 * what it left, each behind a line that starts with @ and a letter:
 *
 *     @c @l @e @r @k   the bytes of a file, in the order of `files`
 *     @d NAME          that file is gone
 *     @m KEY           an entry of the checkpoint's metadata
 *     @x KEY           that entry, or the tensor of that name, is gone
 *     @t NAME          the first bytes of a tensor; where there are more than
 *                      it has, it is another one, of one axis
 */
enum { FILES = 5, CHECKPOINT = 4, MAX_SIZE = 1 << 14 };

static const struct {
    char letter;
    const char *name;
} files[FILES] = {{'c', "config.ini"},
                  {'l', "loss.csv"},
                  {'e', "epochs.csv"},
                  {'r', ".convlet"},
                  {'k', "checkpoint.safetensors"}};

/* Three runs of as many steps. */
static const char *const lines[] = {
    "train --out run --quiet --threads 1 --steps 3 --log-every 2 --height 4 "
    "--width 4 --channels 1 --kernels 1 --momentum 0.9",
    "train --out run --quiet --threads 1 --steps 3 --data x.npy,labels.npy "
    "--net dense_2 --batch-size 2 --shift 1",
    "train --out run --quiet --threads 1 --steps 3 --height 4 --width 4 "
    "--channels 1 --kernels 1 --optimizer cg --reduction mean --best"};
enum { RUNS = sizeof lines / sizeof *lines };

/* A file of a run; no data: there is none. */
static cvl_bytes left[RUNS][FILES];

static const char *path_of(size_t file)
{
    static char path[64];
    snprintf(path, sizeof path, "run/%s", files[file].name);
    return path;
}

static void read_run(cvl_bytes into[FILES])
{
    fuzz_go_in();
    for (size_t f = 0; f < FILES; f++)
        if (cvl_file_read(path_of(f), 1 << 20, &into[f], NULL))
            into[f] = (cvl_bytes){0};
    fuzz_go_out();
}

/* Trains what the inputs change. */
static void make_runs(void)
{
    fuzz_make_scratch();
    fuzz_go_in();
    fuzz_put_samples();
    fuzz_go_out();
    for (size_t r = 0; r < RUNS; r++) {
        const struct fuzz_end end = fuzz_train_line(lines[r]);
        if (end.status) fputs(end.said, stderr);
        FUZZ_EXPECT(end.status == EXIT_OK && !fuzz_was_large);
        free(end.said);
        read_run(left[r]);
        fuzz_go_in();
        fuzz_remove("run");
        fuzz_go_out();
    }
}

/* The checkpoint, as it is to be. */
struct changed {
    cvl_safetensors file;
    cvl_named_tensor tensors[32];
    cvl_metadata_entry entries[64];
    cvl_tensor made[8];
    size_t made_count;
    bool is_changed;
};

static void set_entry(struct changed *changed, const char *key,
                      const char *value)
{
    size_t i = 0;
    while (i < changed->file.metadata_count &&
           strcmp(changed->entries[i].key, key) != 0)
        i++;
    if (i == sizeof changed->entries / sizeof *changed->entries) return;
    changed->entries[i] = (cvl_metadata_entry){key, value};
    if (i == changed->file.metadata_count) changed->file.metadata_count++;
}

/* The last one takes the place of what is dropped. */
static void drop(struct changed *changed, const char *key)
{
    cvl_safetensors *const file = &changed->file;
    for (size_t i = 0; i < file->metadata_count; i++)
        if (!strcmp(changed->entries[i].key, key))
            changed->entries[i] = changed->entries[--file->metadata_count];
    for (size_t i = 0; i < file->tensor_count; i++)
        if (!strcmp(changed->tensors[i].name, key))
            changed->tensors[i] = changed->tensors[--file->tensor_count];
}

static void set_tensor(struct changed *changed, const char *name,
                       const char *bytes, size_t size)
{
    cvl_tensor *to = NULL;
    if (changed->made_count == sizeof changed->made / sizeof *changed->made)
        return;
    for (size_t i = 0; i < changed->file.tensor_count; i++)
        if (!strcmp(changed->tensors[i].name, name))
            to = &changed->tensors[i].tensor;
    if (!to) return;
    const size_t width = to->dtype == CVL_F64 ? 8 : 4;
    const size_t has = cvl_tensor_bytes(to), axis = size / width;
    cvl_tensor made;
    if (cvl_tensor_init(&made, to->dtype, size > has ? 1 : to->ndim,
                        size > has ? &axis : to->shape, NULL))
        return;
    if (size <= has) memcpy(made.data, to->data, has);
    memcpy(made.data, bytes, size <= has ? size : axis * width);
    changed->made[changed->made_count++] = *to = made;
}

/* One change; the bytes end in a newline only where that is theirs. */
static void change(struct changed *changed, cvl_bytes run[FILES],
                   const char *head, char *bytes, size_t size)
{
    const char *const name = head[0] && head[1] ? head + 2 : "";
    for (size_t f = 0; f < FILES; f++) {
        if (*head == files[f].letter)
            run[f] = (cvl_bytes){(unsigned char *)bytes, size};
        if (*head == 'd' && !strcmp(name, files[f].name))
            run[f] = (cvl_bytes){0};
    }
    changed->is_changed |= *head == 'm' || *head == 'x' || *head == 't';
    if (*head == 't') set_tensor(changed, name, bytes, size);
    if (*head == 'x') drop(changed, name);
    if (*head != 'm') return;
    if (size && bytes[size - 1] == '\n') size--;
    bytes[size] = '\0'; /* a newline, or behind all */
    set_entry(changed, name, bytes);
}

/* Makes all changes that a text has. */
static void change_all(struct changed *changed, cvl_bytes run[FILES],
                       char *text, char *end)
{
    while (text < end && *text == '@') {
        char *const head = text + 1;
        char *bytes = memchr(head, '\n', (size_t)(end - head));
        if (!bytes) bytes = end;
        *bytes = '\0';
        if (bytes < end) bytes++;
        char *next = bytes;
        while (next < end && !(*next == '@' && next[-1] == '\n') &&
               !(*next == '@' && next == bytes))
            next++;
        change(changed, run, head, bytes, (size_t)(next - bytes));
        text = next;
    }
}

static void open_checkpoint(struct changed *changed, const cvl_bytes *bytes,
                            cvl_safetensors *owner)
{
    *changed = (struct changed){.made_count = 0};
    FUZZ_EXPECT(!cvl_safetensors_parse(bytes->data, bytes->size, owner, NULL));
    FUZZ_EXPECT(owner->tensor_count <= 32 && owner->metadata_count <= 48);
    for (size_t i = 0; i < owner->tensor_count; i++)
        changed->tensors[i] = owner->tensors[i];
    for (size_t i = 0; i < owner->metadata_count; i++)
        changed->entries[i] = owner->metadata[i];
    changed->file = (cvl_safetensors){.tensor_count = owner->tensor_count,
                                      .tensors = changed->tensors,
                                      .metadata_count = owner->metadata_count,
                                      .metadata = changed->entries};
}

/* Writes the directory as it was left, and changed. */
static void put_run(const struct changed *changed, const cvl_bytes run[FILES])
{
    fuzz_go_in();
    fuzz_remove("run");
    FUZZ_EXPECT(!mkdir("run", 0777));
    for (size_t f = 0; f < FILES; f++)
        if (run[f].data) fuzz_put(path_of(f), run[f].data, run[f].size);
    /* What no such file can hold leaves the one that there was. */
    if (changed->is_changed)
        (void)cvl_safetensors_save(path_of(CHECKPOINT), &changed->file, NULL);
    fuzz_go_out();
}

static bool same(const cvl_bytes *one, const cvl_bytes *other)
{
    return one->size == other->size && !one->data == !other->data &&
           (!one->size || !memcmp(one->data, other->data, one->size));
}

/* From `first` on, all files are what they were. */
static void expect_same(const cvl_bytes before[FILES],
                        const cvl_bytes after[FILES], bool with_config)
{
    for (size_t f = 0; f < FILES; f++)
        if (files[f].letter != 'r' && (with_config || files[f].letter != 'c'))
            FUZZ_EXPECT(same(&before[f], &after[f]));
}

static void free_run(cvl_bytes run[FILES])
{
    for (size_t f = 0; f < FILES; f++) cvl_bytes_free(&run[f]);
}

/* Goes on. Who refuses changes nothing; who does not, refuses nothing then. */
static void resume(void)
{
    static const char line[] =
        "train --quiet --threads 1 --resume run --steps 5";
    cvl_bytes before[FILES], after[FILES], again[FILES];
    read_run(before);
    const struct fuzz_end end = fuzz_train_line(line);
    read_run(after);
    const bool was_large = fuzz_was_large;
    if (end.status != EXIT_OK && end.status != EXIT_DIVERGED)
        expect_same(before, after, true);
    if (end.status == EXIT_OK && !was_large) {
        const struct fuzz_end next = fuzz_train_line(line);
        if (next.status) fputs(next.said, stderr);
        FUZZ_EXPECT(next.status == EXIT_OK);
        read_run(again);
        expect_same(after, again, true);
        free_run(again);
        free(next.said);
    }
    free(end.said);
    free_run(before);
    free_run(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char text[MAX_SIZE + 1];
    cvl_bytes run[FILES];
    struct changed changed;
    cvl_safetensors owner;
    if (!*fuzz_scratch) make_runs();
    const size_t number = fuzz_byte(&bytes, &size) % RUNS;
    if (size > MAX_SIZE) return 0;
    if (size) memcpy(text, bytes, size);
    text[size] = '\0';
    if (fuzz_has_null(text, size)) return 0;
    memcpy(run, left[number], sizeof run);
    open_checkpoint(&changed, &run[CHECKPOINT], &owner);
    change_all(&changed, run, text, text + size);
    put_run(&changed, run);
    for (size_t i = 0; i < changed.made_count; i++)
        cvl_tensor_free(&changed.made[i]);
    cvl_safetensors_free(&owner);
    resume();
    return 0;
}
