/* kinds.c - see kinds.h for the contract. */
#include "kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

#define RESTORER                                                            \
    "--degrade noise:9 --target in/photos --net 'conv 3 3x3 padding=same' " \
    "--patch 4 --batch-size 2 --lr-schedule constant --lr-warmup 0 "
#define CLASSES \
    "--data in/classes --hold-out every:4 --net 'dense 2' --batch-size 3 "

/* A run that does not end before its last step. */
#define ENDLESS "--rtol 0 --atol 0 "

const struct kind KINDS[] = {
    {"pixels", ENDLESS "--input in/a.png --target filter:box ",
     ENDLESS "--input in/c.png --target filter:box --lr 0.02 ", "steps",
     "4000"},
    {"restorer", RESTORER "--validation in/own.png --lr 0.01 ",
     RESTORER "--validation in/c.png --lr 0.02 ", "steps", "4000"},
    {"classes", CLASSES, CLASSES "--lr 0.5 ", "epochs", "1000"},
    {"array", ENDLESS "--input in/x.npy --lr 1e-5 ",
     ENDLESS "--input in/x.npy --lr 2e-5 ", "steps", "4000"},
    {0},
};

#define TRAIN "train --threads 1 --log-every 1 "

#define MODEL "--model in/model.safetensors "

const struct command COMMANDS[] = {
    {"go on", "train --resume run --UNIT 6", NULL, "run", "more"},
    {"go far", "train --resume run --UNIT FAR --checkpoint-every 1000", NULL,
     "run", "far"},
    {"end", "train --resume run", NULL, "run", "run"},
    {"anew", TRAIN "SETTINGS --UNIT 4 --out run", NULL, "run", "run"},
    {"force", TRAIN "SETTINGS --UNIT 4 --out run --force", NULL, "run", "run"},
    {"new", TRAIN "SETTINGS --UNIT 4 --out fresh", NULL, "fresh", "run"},
    {"init", TRAIN "SETTINGS --UNIT 4 --init in/model.safetensors --out fresh",
     "pixels", "fresh", "init"},
    {"new within", TRAIN "SETTINGS --UNIT 4 --out in/classes/fresh", "classes",
     NULL, NULL},
    {"apply", "apply " MODEL "in/a.png -o out.png", "pixels", "out.png",
     "out.png"},
    {"apply by force", "apply " MODEL "in/a.png -o out.png --force", "pixels",
     "out.png", "out.png"},
    {"show", "show " MODEL "--picture out.png", "pixels", "out.png",
     "show.png"},
    {"export", "export " MODEL "-o out.onnx", "pixels", "out.onnx", "out.onnx"},
    {"conv", "conv " MODEL "--input ones:1,3,6,6 -o out.npy", "pixels",
     "out.npy", "out.npy"},
    {"explain", "explain " MODEL "--layer 0 --input in/a.png", "pixels", NULL,
     NULL},
    {0},
};

const struct command *command_find(const char *name)
{
    const struct command *command = COMMANDS;
    while (command->name && strcmp(command->name, name) != 0) command++;
    return command->name ? command : NULL;
}

const char *command_line(const struct command *command, const struct kind *kind,
                         char line[COMMAND_LINE])
{
    static const char *const words[] = {"SETTINGS", "UNIT", "FAR"};
    const char *const texts[] = {kind->settings, kind->unit, kind->far};
    size_t used = 0;
    for (const char *at = command->line; *at;) {
        const char *piece = at;
        size_t taken = 1, size = 1;
        for (size_t i = 0; i < 3; i++) {
            if (strncmp(at, words[i], strlen(words[i])) != 0) continue;
            piece = texts[i];
            taken = strlen(words[i]);
            size = strlen(piece);
        }
        ck_assert_uint_lt(used + size, COMMAND_LINE);
        memcpy(line + used, piece, size);
        used += size;
        at += taken;
    }
    line[used] = '\0';
    return line;
}

static void make(const char *path)
{
    ck_assert_int_eq(mkdir(path, 0777), 0);
}

/* What a kind learns from, and other pictures of the same names. */
static void put_inputs(const char *below, const char *picture)
{
    static const char *const folders[] = {"%s", "%s/photos", "%s/classes",
                                          "%s/classes/one", "%s/classes/two"};
    static const char *const pictures[] = {"%s/a.png",
                                           "%s/own.png",
                                           "%s/photos/a.png",
                                           "%s/photos/b.png",
                                           "%s/classes/one/1.png",
                                           "%s/classes/one/2.png",
                                           "%s/classes/one/3.png"};
    const size_t shape[] = {1, 3, 20, 20};
    char path[64];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, folders[i], below);
        make(path);
    }
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        snprintf(path, sizeof path, pictures[i], below);
        put_picture(path, picture, 0, 0);
    }
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/classes/two/%zu.png", below, i);
        put_picture(path, "rgba8.png", 0, 0);
    }
    snprintf(path, sizeof path, "%s/c.png", below);
    put_picture(path, "palette2.png", 0, 0);
    snprintf(path, sizeof path, "%s/x.npy", below);
    put_constant(path, 4, shape, strcmp(below, "in") == 0);
}

/* A kind has the inputs alone that it needs. */
static void drop_inputs(const struct kind *kind)
{
    static const struct {
        const char *kind, *path;
    } needed[] = {{"pixels", "in/a.png"},
                  {"restorer", "in/own.png"},
                  {"restorer", "in/photos"},
                  {"classes", "in/classes"},
                  {"array", "in/x.npy"}};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (strcmp(kind->name, needed[i].kind) != 0)
            remove_tree(needed[i].path);
}

static void shell(const char *line)
{
    ck_assert_msg(system(line) == 0, "%s", line);
}

/* The results of each command where nothing happens, in ../KIND.wanted. */
static void make_wanted(const struct kind *kind)
{
    char line[COMMAND_LINE], copy[256];
    for (const struct command *c = COMMANDS; c->name; c++) {
        if (c->kind && strcmp(c->kind, kind->name) != 0) continue;
        if (!c->results || strcmp(c->wanted, "run") == 0) continue;
        shell("cp -Rp run kept");
        run_expect(0, command_line(c, kind, line));
        snprintf(copy, sizeof copy, "mv %s ../%s.wanted/%s", c->results,
                 kind->name, c->wanted);
        if (strcmp(c->name, "apply by force") != 0) shell(copy);
        remove_tree(c->results);
        remove_tree("run");
        shell("mv kept run");
    }
}

static void make_kind(const struct kind *kind)
{
    char line[COMMAND_LINE], path[64];
    make("work");
    ck_assert_int_eq(chdir("work"), 0);
    put_inputs("in", "rgb8.png");
    snprintf(line, sizeof line, TRAIN "%s --%s 4 --out other",
             kind->other_settings, kind->unit);
    run_expect(0, line);
    put_inputs("other/in", "rgba8.png");
    drop_inputs(kind);
    put_bytes("foreign", "mine", 4);
    put_picture("foreign.png", "rgb8.png", 0, 0);
    snprintf(line, sizeof line, TRAIN "%s --%s 4 --out run", kind->settings,
             kind->unit);
    run_expect(0, line);
    if (strcmp(kind->name, "pixels") == 0) {
        shell("cp run/model.safetensors in");
        shell("cp other/model.safetensors other/in");
    }
    snprintf(path, sizeof path, "../%s.wanted", kind->name);
    make(path);
    make_wanted(kind);
    snprintf(line, sizeof line, "cp -Rp run ../%s.wanted/run", kind->name);
    shell(line);
    ck_assert_int_eq(chdir(".."), 0);
    ck_assert_int_eq(rename("work", kind->name), 0);
}

void kinds_make(void)
{
    for (const struct kind *kind = KINDS; kind->name; kind++) make_kind(kind);
}

bool kind_has(const struct kind *kind, const char *base, const char *path)
{
    char whole[256];
    struct stat info;
    snprintf(whole, sizeof whole, "%s/%s/%s", base, kind->name, path);
    return lstat(whole, &info) == 0;
}

void kind_enter(const struct kind *kind, const char *base)
{
    char line[64];
    ck_assert_int_eq(chdir(base), 0);
    remove_tree("work");
    snprintf(line, sizeof line, "cp -Rp %s work", kind->name);
    shell(line);
    ck_assert_int_eq(chdir("work"), 0);
}
