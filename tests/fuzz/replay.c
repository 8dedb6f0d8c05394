/* replay.c - runs a fuzz target over files: a corpus as a plain test. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

/* Runs the target on the bytes of a file, in a block of just their size. */
static bool replay_file(const char *path, size_t size)
{
    FILE *const file = fopen(path, "rb");
    if (!file) return false;
    uint8_t *const bytes = malloc(size ? size : 1);
    const bool whole = bytes && fread(bytes, 1, size, file) == size;
    fclose(file);
    if (whole) (void)LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return whole;
}

/* Runs a file, or every file of a directory; adds up how many. */
static bool replay(const char *path, size_t *count)
{
    struct stat info;
    if (stat(path, &info)) return false;
    if (!S_ISDIR(info.st_mode)) {
        ++*count;
        return replay_file(path, (size_t)info.st_size);
    }
    DIR *const directory = opendir(path);
    if (!directory) return false;
    bool done = true;
    for (const struct dirent *entry; done && (entry = readdir(directory));) {
        char name[4096];
        if (entry->d_name[0] == '.') continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        done = replay(name, count);
        if (!done) fprintf(stderr, "%s: cannot be replayed\n", name);
    }
    closedir(directory);
    return done;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++)
        if (!replay(argv[i], &count)) {
            fprintf(stderr, "%s: cannot be read\n", argv[i]);
            return EXIT_FAILURE;
        }
    printf("%zu inputs\n", count);
    return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
