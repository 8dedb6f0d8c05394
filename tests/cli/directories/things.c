/* things.c - see things.h for the contract. */
#include "things.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

enum { PATH = 512, BYTES = 1 << 18 };

#define PICTURES "run/input.png run/target.png run/prediction.png"

const struct thing THINGS[] = {
    {"config.ini", "run/config.ini", OF_RUN},
    {"loss.csv", "run/loss.csv", OF_RUN},
    {"epochs.csv", "run/epochs.csv", OF_RUN},
    {"checkpoint.safetensors", "run/checkpoint.safetensors", OF_RUN},
    {"model.safetensors", "run/model.safetensors", OF_RUN},
    {"report.html", "run/report.html", OF_RUN},
    {"pictures", PICTURES, OF_RUN},
    {".convlet", "run/.convlet", OF_RUN},
    {"the directory", "run", OF_PLACE},
    {"another run", "run", OF_OTHERS},
    {"the picture", "in/a.png", OF_INPUT},
    {"the array", "in/x.npy", OF_INPUT},
    {"the held-out picture", "in/own.png", OF_INPUT},
    {"a picture of a folder", "in/photos/a.png in/classes/one/2.png", OF_INPUT},
    {"the folder of pictures", "in/photos", OF_FOLDER},
    {"the folder of classes", "in/classes", OF_FOLDER},
    {"the folder of a class", "in/classes/one", OF_FOLDER},
    {"the model", "in/model.safetensors", OF_MODEL},
    {"the output", "out.png", OF_OUTPUT},
    {0},
};

static void must(int failed)
{
    ck_assert_int_eq(failed, 0);
}

static void join(char joined[PATH], const char *path, const char *name)
{
    const int size = snprintf(joined, PATH, "%s/%s", path, name);
    ck_assert_int_lt(size, PATH);
}

static void leave(const char *path)
{
    (void)path;
}

static void take_away(const char *path)
{
    remove_tree(path);
}

static void empty(const char *path)
{
    struct stat info;
    must(lstat(path, &info));
    if (!S_ISDIR(info.st_mode)) {
        must(truncate(path, 0));
        return;
    }
    remove_tree(path);
    must(mkdir(path, 0777));
}

/* To half of its bytes. */
static void cut(const char *path)
{
    struct stat info;
    must(stat(path, &info));
    must(truncate(path, info.st_size / 2));
}

static void lengthen(const char *path)
{
    FILE *const file = fopen(path, "a");
    ck_assert_ptr_nonnull(file);
    fputs("more\n", file);
    must(fclose(file));
}

static void copy(const char *from, const char *to)
{
    static char bytes[BYTES];
    const size_t size = get_text(from, bytes, sizeof bytes);
    unlink(to);
    put_bytes(to, bytes, size);
}

/* The file of the same name that another run left, or another picture. */
static void exchange(const char *path)
{
    char other[PATH];
    snprintf(other, sizeof other, "other/%s",
             strncmp(path, "run/", 4) == 0 ? path + 4 : path);
    copy(other, path);
}

static void make_older(const char *path)
{
    char older[PATH];
    snprintf(older, sizeof older, TEST_DATA "/golden/v0.1/filter/whole/%s",
             strrchr(path, '/') + 1);
    copy(older, path);
}

/* Moves it away, and puts a link in its place that leads there. */
static void link_to_content(const char *path)
{
    char here[PATH / 2], target[PATH];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    must(rename(path, "moved"));
    snprintf(target, sizeof target, "%s/moved", here);
    must(symlink(target, path));
}

static void link_to(const char *target, const char *path)
{
    remove_tree(path);
    must(symlink(target, path));
}

static void link_to_nothing(const char *path)
{
    link_to("nowhere", path);
}

static void link_to_foreign(const char *path)
{
    char here[PATH / 2], target[PATH];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    snprintf(target, sizeof target, "%s/foreign", here);
    link_to(target, path);
}

static void link_to_itself(const char *path)
{
    const char *const slash = strrchr(path, '/');
    link_to(slash ? slash + 1 : path, path);
}

static void link_to_device(const char *path)
{
    link_to("/dev/null", path);
}

static void make_directory(const char *path)
{
    char below[PATH];
    remove_tree(path);
    must(mkdir(path, 0777));
    join(below, path, "mine");
    put_bytes(below, "mine", 4);
}

static void make_pipe(const char *path)
{
    remove_tree(path);
    must(mkfifo(path, 0666));
}

static void make_file(const char *path)
{
    remove_tree(path);
    put_bytes(path, "mine", 4);
}

static void name_twice(const char *path)
{
    must(link(path, "second"));
}

static void forbid_reading(const char *path)
{
    must(chmod(path, 0));
}

static void forbid_writing(const char *path)
{
    struct stat info;
    must(stat(path, &info));
    must(chmod(path, info.st_mode & 0555));
}

static void move_away(const char *path)
{
    must(rename(path, "moved"));
}

/* And have one of that name that is a user's. */
static void replace_directory(const char *path)
{
    move_away(path);
    make_directory(path);
}

static void add_to(const char *path, const char *name, const char *from)
{
    char added[PATH];
    join(added, path, name);
    if (from)
        copy(from, added);
    else
        put_bytes(added, "mine", 4);
}

static void add_picture(const char *path)
{
    add_to(path, "more.png", "foreign.png");
}

static void add_other(const char *path)
{
    add_to(path, "mine.txt", NULL);
}

static void add_dead_link(const char *path)
{
    char added[PATH];
    join(added, path, "gone.png");
    must(symlink("nowhere", added));
}

static void add_class(const char *path)
{
    char added[PATH];
    join(added, path, "three");
    must(mkdir(added, 0777));
    add_picture(added);
}

/* By a signal that lets it write no more. */
static void kill_far(const char *path)
{
    const struct conditions killed = {.signal = SIGKILL, .delay = 30000};
    (void)path;
    run_under(&killed,
              "train --resume run --steps 4000 --checkpoint-every 100");
}

/* What it leaves when it is killed soon. */
static void leave_start(const char *path)
{
    static const char begun[] =
        "; what convlet wrote here, and may replace\nconfig.ini\nloss.csv\n";
    must(rename(path, "old"));
    must(mkdir(path, 0777));
    must(rename("old/config.ini", "run/config.ini"));
    put_bytes("run/loss.csv", "step,loss\n", 10);
    put_bytes("run/.convlet", begun, strlen(begun));
    remove_tree("old");
}

static void leave_config(const char *path)
{
    leave_start(path);
    must(unlink("run/loss.csv"));
    must(unlink("run/.convlet"));
}

static void remove_record(const char *path)
{
    (void)path;
    must(unlink("run/.convlet"));
}

#define FILES (OF_RUN | OF_INPUT | OF_MODEL)
#define SOURCES (OF_INPUT | OF_FOLDER)

const struct way WAYS[] = {
    {"is as it was left", OF_PLACE | OF_OUTPUT, leave, BEFORE, {0}},
    {"is gone", FILES | OF_FOLDER | OF_PLACE, take_away, BEFORE, {0}},
    {"is empty", FILES | OF_FOLDER, empty, BEFORE, {0}},
    {"is cut short", FILES, cut, BEFORE, {0}},
    {"has more behind it", FILES, lengthen, BEFORE, {0}},
    {"is another one's", FILES, exchange, BEFORE, {0}},
    {"is of version 0.1", 0, make_older, BEFORE, {0}},
    {"is a link to where it is now",
     FILES | OF_FOLDER | OF_PLACE,
     link_to_content,
     BEFORE,
     {0}},
    {"is a link to nothing",
     FILES | OF_FOLDER | OF_PLACE | OF_OUTPUT,
     link_to_nothing,
     BEFORE,
     {0}},
    {"is a link to itself", SOURCES | OF_PLACE, link_to_itself, BEFORE, {0}},
    {"is a link to another file",
     FILES | OF_OUTPUT,
     link_to_foreign,
     BEFORE,
     {0}},
    {"is a link to a device", FILES, link_to_device, BEFORE, {0}},
    {"is a directory", FILES | OF_OUTPUT, make_directory, BEFORE, {0}},
    {"is a pipe", FILES | OF_FOLDER | OF_PLACE, make_pipe, BEFORE, {0}},
    {"is a file", OF_FOLDER | OF_PLACE | OF_OUTPUT, make_file, BEFORE, {0}},
    {"has a second name (a hard link)", OF_RUN, name_twice, BEFORE, {0}},
    {"may not be read",
     FILES | OF_FOLDER | OF_PLACE,
     forbid_reading,
     BEFORE,
     {.is_stranger = true}},
    {"may not be written",
     OF_RUN | OF_PLACE,
     forbid_writing,
     BEFORE,
     {.is_stranger = true}},
    {"has no room left", OF_PLACE, leave, BEFORE, {.file_limit = 300}},
    {"was moved", SOURCES | OF_MODEL | OF_PLACE, move_away, BEFORE, {0}},
    {"has a picture more", OF_FOLDER, add_picture, BEFORE, {0}},
    {"has a file more", OF_FOLDER, add_other, BEFORE, {0}},
    {"has a dead link more", OF_FOLDER, add_dead_link, BEFORE, {0}},
    {"has a class more", 0, add_class, BEFORE, {0}},
    {"is removed under way",
     OF_RUN | SOURCES | OF_PLACE,
     take_away,
     UNDER_WAY,
     {0}},
    {"is moved under way", OF_PLACE, move_away, UNDER_WAY, {0}},
    {"is replaced under way", OF_PLACE, replace_directory, UNDER_WAY, {0}},
    {"becomes a link under way", OF_RUN, link_to_foreign, UNDER_WAY, {0}},
    {"is at work in it", OF_OTHERS, leave, BESIDE, {0}},
    {"is at work in it without .convlet",
     OF_OTHERS,
     remove_record,
     BESIDE,
     {0}},
    {"was killed in it", OF_OTHERS, kill_far, BEFORE, {0}},
    {"was killed in it before its first checkpoint",
     OF_OTHERS,
     leave_start,
     BEFORE,
     {0}},
    {"left config.ini alone", OF_OTHERS, leave_config, BEFORE, {0}},
    {0},
};

const struct thing *thing_find(const char *name)
{
    const struct thing *thing = THINGS;
    while (thing->name && strcmp(thing->name, name) != 0) thing++;
    return thing->name ? thing : NULL;
}

const struct way *way_find(const char *name)
{
    const struct way *way = WAYS;
    while (way->name && strcmp(way->name, name) != 0) way++;
    return way->name ? way : NULL;
}
