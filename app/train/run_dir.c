/* run_dir.c - see run_dir.h for the contract. */
#include "train/run_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <convlet/file.h>
#include <convlet/memory.h>

#include "base/directory.h"
#include "base/fnv.h"
#include "base/say.h"
#include "cli/config_file.h"
#include "train/own.h"

static const char *const NAMES[RUN_FILES] = {
    "config.ini",        "loss.csv",    "epochs.csv", "checkpoint.safetensors",
    "model.safetensors", "report.html", "input.png",  "target.png",
    "prediction.png"};

/* Of a draft; then the old file is replaced by it. */
static const char DRAFT[] = ".new.";

static const char RECORD[] = ".convlet";
static const char TITLE[] = "; what convlet wrote here, and may replace\n";
static const char SAVED[] = "; a checkpoint was saved\n";
enum { RECORD_LIMIT = 1 << 16 };

/* What every report ends in. */
static const char REPORT_END[] = "</html>\n";

/* Beside the path: a slash, the longest name, a NUL. */
enum { NAME_ROOM = 48 };

static cvl_status cannot(const struct run_dir *dir, const char *what,
                         const char *name, cvl_error *err)
{
    return cvl_fail(err, CVL_EIO, "%s/%s: cannot %s: %s", dir->path, name, what,
                    strerror(errno));
}

static struct own_name own(const struct run_dir *dir, const char *name)
{
    return (struct own_name){dir->directory, dir->path, name};
}

cvl_status run_dir_init(struct run_dir *dir, const char *path, cvl_error *err)
{
    void *room = NULL;
    *dir = (struct run_dir){.path = path};
    if (!path) return CVL_OK;
    const cvl_status status =
        cvl_alloc(&room, strlen(path) + NAME_ROOM, "a file's path", err);
    dir->file = room;
    return status;
}

void run_dir_free(struct run_dir *dir)
{
    run_dir_close_log(dir, NULL);
    for (enum run_file f = RUN_CONFIG; dir->drafting && f < RUN_FILES; f++)
        unlinkat(dir->directory, strrchr(run_dir_file(dir, f), '/') + 1, 0);
    if (dir->record) close(dir->record);
    if (dir->directory) close(dir->directory);
    cvl_free(dir->file);
    *dir = (struct run_dir){0};
}

const char *run_dir_file(const struct run_dir *dir, enum run_file file)
{
    snprintf(dir->file, strlen(dir->path) + NAME_ROOM, "%s/%s%s", dir->path,
             dir->drafting ? DRAFT : "", NAMES[file]);
    return dir->file;
}

cvl_status run_dir_look(const struct run_dir *dir, enum run_file file,
                        bool *found, cvl_error *err)
{
    struct stat info;
    *found =
        fstatat(dir->directory, NAMES[file], &info, AT_SYMLINK_NOFOLLOW) == 0;
    if (*found || errno == ENOENT) return CVL_OK;
    return cannot(dir, "open", NAMES[file], err);
}

/* Appends a line to the record, and has it on the disk. */
static cvl_status record(struct run_dir *dir, const char *text, cvl_error *err)
{
    const struct own_name name = own(dir, RECORD);
    cvl_status status =
        own_append(&name, dir->record, dir->unsaid ? dir->unsaid : "", err);
    dir->unsaid = NULL;
    return status ? status : own_append(&name, dir->record, text, err);
}

static cvl_status add_ours(struct run_dir *dir, enum run_file file,
                           cvl_error *err)
{
    char line[NAME_ROOM];
    if (dir->ours >> file & 1) return CVL_OK;
    snprintf(line, sizeof line, "%s\n", NAMES[file]);
    const cvl_status status = record(dir, line, err);
    if (!status) dir->ours |= 1U << file;
    return status;
}

/* A run of 0.1 has no record: what it is called is its own. */
static bool is_older_run(const struct run_dir *dir)
{
    struct stat info;
    const struct own_name config = own(dir, NAMES[RUN_CONFIG]);
    return own_begins(&config, "; convlet train ") &&
           (!fstatat(dir->directory, NAMES[RUN_LOG], &info, 0) ||
            !fstatat(dir->directory, NAMES[RUN_CHECKPOINT], &info, 0));
}

/* Takes the record's lines; what is of no use is passed over. */
static cvl_status read_record(struct run_dir *dir, cvl_error *err)
{
    cvl_bytes bytes = {0};
    snprintf(dir->file, strlen(dir->path) + NAME_ROOM, "%s/%s", dir->path,
             RECORD);
    cvl_status status =
        cvl_file_read_open(dir->record, dir->file, RECORD_LIMIT, &bytes, err);
    if (status) return status;
    const char *const text = (const char *)bytes.data;
    const size_t known =
        bytes.size < strlen(TITLE) ? bytes.size : strlen(TITLE);
    if (strncmp(text, TITLE, known) != 0)
        status = cvl_fail(err, CVL_EINVAL,
                          "%s/%s: is not what convlet wrote; choose another "
                          "--out",
                          dir->path, RECORD);
    for (const char *line = text, *end; !status && (end = strchr(line, '\n'));
         line = end + 1) {
        const size_t size = (size_t)(end - line);
        for (enum run_file f = RUN_CONFIG; f < RUN_FILES; f++)
            if (size == strlen(NAMES[f]) && !strncmp(line, NAMES[f], size))
                dir->ours |= 1U << f;
        if (!strncmp(line, SAVED, strlen(SAVED))) dir->saved = true;
    }
    if (known < strlen(TITLE))
        dir->unsaid = TITLE + known;
    else if (text[bytes.size - 1] != '\n')
        dir->unsaid = "\n"; /* behind a line that was cut short */
    cvl_bytes_free(&bytes);
    return status;
}

/* CVL_EINVAL where one of the files is there and not convlet's. */
static cvl_status refuse_foreign(const struct run_dir *dir, unsigned files,
                                 cvl_error *err)
{
    for (enum run_file f = RUN_CONFIG; f < RUN_FILES; f++) {
        bool found;
        if (!(files >> f & 1) || dir->ours >> f & 1) continue;
        const cvl_status status = run_dir_look(dir, f, &found, err);
        if (status) return status;
        if (found)
            return cvl_fail(err, CVL_EINVAL,
                            "%s/%s is there already, and no file of a run's; "
                            "choose another --out",
                            dir->path, NAMES[f]);
    }
    return CVL_OK;
}

/* CVL_EINVAL where one of convlet's files, or a draft of one, is something else
 * by now. */
static cvl_status check_plain(const struct run_dir *dir, cvl_error *err)
{
    char draft[NAME_ROOM];
    cvl_status status = CVL_OK;
    for (enum run_file f = RUN_CONFIG; !status && f < RUN_FILES; f++) {
        const struct own_name file = own(dir, NAMES[f]);
        const struct own_name beside = own(dir, draft);
        snprintf(draft, sizeof draft, "%s%s", DRAFT, NAMES[f]);
        status = own_check_plain(&beside, err);
        if (!status && dir->ours >> f & 1) status = own_check_plain(&file, err);
    }
    return status;
}

cvl_status run_dir_look_into(struct run_dir *dir, cvl_error *err)
{
    const int fd = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cvl_fail(err, CVL_EIO, "%s: cannot open: %s", dir->path,
                        strerror(errno));
    dir->directory = fd;
    return CVL_OK;
}

/* Opens the record, or makes one, and locks it. */
static cvl_status lock_record(struct run_dir *dir, bool is_new, cvl_error *err)
{
    const struct own_name name = own(dir, RECORD);
    const struct own_name log = own(dir, NAMES[RUN_LOG]);
    const int fd = openat(dir->directory, RECORD,
                          O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
                              O_NONBLOCK | O_NOCTTY | (is_new ? O_CREAT : 0),
                          0666);
    if (fd < 0) return cannot(dir, "open", RECORD, err);
    dir->record = fd;
    cvl_status status = own_check_single(&name, fd, err);
    if (!status) status = own_lock(&name, fd, err);
    /* A run whose record was removed has its losses locked, still. */
    if (!status) status = own_check_unlocked(&log, err);
    return status ? status : read_record(dir, err);
}

/* Of what shall go on, and does not look like a run. */
static cvl_status refuse_unknown(const struct run_dir *dir, cvl_error *err)
{
    return cvl_fail(err, CVL_EFORMAT,
                    "%s/%s is gone, and nothing else tells that a run can go "
                    "on here; begin anew, with --config %s/%s and another "
                    "--out",
                    dir->path, RECORD, dir->path, NAMES[RUN_CONFIG]);
}

/* Opens and locks the record, or makes one, where none of the `files` that are
 * to be written would take a user's place; none: it shall go on. */
static cvl_status open_record(struct run_dir *dir, unsigned files,
                              cvl_error *err)
{
    const struct own_name name = own(dir, RECORD);
    struct stat info;
    cvl_status status = own_check_plain(&name, err);
    if (status) return status;
    const bool is_new =
        fstatat(dir->directory, RECORD, &info, AT_SYMLINK_NOFOLLOW) != 0;
    const bool is_older = is_new && is_older_run(dir);
    if (is_new && !is_older && !files) return refuse_unknown(dir, err);
    if (is_new && !is_older) status = refuse_foreign(dir, files, err);
    if (!status) status = lock_record(dir, is_new, err);
    for (enum run_file f = RUN_CONFIG; !status && is_older && f < RUN_FILES;
         f++) {
        bool found;
        status = run_dir_look(dir, f, &found, err);
        if (!status && found) status = add_ours(dir, f, err);
    }
    return status ? status : check_plain(dir, err);
}

/* The files that a run writes: pictures and epochs where it has any. */
static unsigned files_of(const struct run_dir *dir)
{
    const unsigned all =
        (1U << (dir->with_pictures ? RUN_FILES : RUN_INPUT)) - 1;
    return dir->epochs.columns ? all : all & ~(1U << RUN_EPOCHS);
}

cvl_status run_dir_open(struct run_dir *dir, cvl_error *err)
{
    const cvl_status status = run_dir_look_into(dir, err);
    return status ? status : open_record(dir, 0, err);
}

cvl_status run_dir_claim(struct run_dir *dir, enum run_file file,
                         cvl_error *err)
{
    const struct own_name name = own(dir, NAMES[file]);
    const struct own_name locked = own(dir, RECORD);
    cvl_status status = refuse_foreign(dir, 1U << file, err);
    if (!status) status = own_check_plain(&name, err);
    if (!status) status = own_check_same(&locked, dir->record, err);
    return status ? status : add_ours(dir, file, err);
}

cvl_status run_dir_check_begun(const struct run_dir *dir, cvl_error *err)
{
    bool has_model, has_report = false;
    cvl_status status = run_dir_look(dir, RUN_MODEL, &has_model, err);
    if (!status) status = run_dir_look(dir, RUN_REPORT, &has_report, err);
    if (status || (!dir->saved && !has_model && !has_report)) return status;
    return cvl_fail(err, CVL_EFORMAT,
                    "%s/%s: is gone, and with it what --resume goes on from; "
                    "begin anew, with --config %s/%s and another --out",
                    dir->path, NAMES[RUN_CHECKPOINT], dir->path,
                    NAMES[RUN_CONFIG]);
}

/* Is anything there of an earlier run? */
static cvl_status find_earlier(const struct run_dir *dir, bool *found,
                               cvl_error *err)
{
    *found = false;
    for (enum run_file f = RUN_CONFIG; !*found && f < RUN_FILES; f++) {
        if (!(dir->ours >> f & 1)) continue;
        const cvl_status status = run_dir_look(dir, f, found, err);
        if (status) return status;
    }
    return CVL_OK;
}

static cvl_status write_file(struct run_dir *dir, enum run_file file,
                             const char *text, size_t size, cvl_error *err)
{
    const cvl_span piece = {text, size};
    const cvl_status status = run_dir_claim(dir, file, err);
    return status ? status
                  : cvl_file_write_at(dir->directory, run_dir_file(dir, file),
                                      &piece, 1, err);
}

/* The settings, without those that say where and how loud: with this file
 * the run can be had again, and it overwrites nothing. */
static cvl_status write_config(struct run_dir *dir, const struct config *config,
                               cvl_error *err)
{
    struct text text = {0};
    config_write(config, ROLE_FORM, &text);
    cvl_status status = text_status(&text, err);
    if (!status)
        status = write_file(dir, RUN_CONFIG, text.data, text.size, err);
    text_free(&text);
    return status;
}

/* Which files are logs, and what is known of each. */
struct run_log {
    enum run_file file;
    struct loss_log *log;
};

enum { RUN_LOGS = 2 };

/* Those that the run has; their number. */
static size_t logs_of(struct run_dir *dir, struct run_log logs[RUN_LOGS])
{
    logs[0] = (struct run_log){RUN_LOG, &dir->log};
    logs[1] = (struct run_log){RUN_EPOCHS, &dir->epochs};
    return dir->epochs.columns ? RUN_LOGS : 1;
}

static cvl_status open_logs(struct run_dir *dir, cvl_error *err)
{
    struct run_log logs[RUN_LOGS];
    const size_t count = logs_of(dir, logs);
    for (size_t i = 0; i < count; i++) {
        const struct own_name name = own(dir, NAMES[logs[i].file]);
        cvl_status status = own_check_plain(&name, err);
        if (status) return status;
        const int fd = openat(dir->directory, name.name,
                              O_RDWR | O_APPEND | O_CLOEXEC | O_NOCTTY |
                                  O_NONBLOCK | O_NOFOLLOW);
        if (fd < 0) return cannot(dir, "open", name.name, err);
        logs[i].log->fd = fd;
        logs[i].log->format = LOG_CSV;
        status = own_check_single(&name, fd, err);
        if (!status) status = own_lock(&name, fd, err);
        if (status) return status;
    }
    return CVL_OK;
}

/* With the header alone. */
static cvl_status write_logs(struct run_dir *dir, cvl_error *err)
{
    struct run_log logs[RUN_LOGS];
    const size_t count = logs_of(dir, logs);
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < count; i++) {
        char text[LOG_HEADER_SIZE];
        const char *const header = loss_log_header(logs[i].log->columns, text);
        const size_t size = strlen(header);
        const struct source_mark mark = {size, fnv_sum(header, size)};
        loss_log_mark(logs[i].log, &mark);
        status = write_file(dir, logs[i].file, header, size, err);
    }
    return status;
}

cvl_status run_dir_create(struct run_dir *dir, const struct config *config,
                          cvl_error *err)
{
    const unsigned files = files_of(dir);
    bool earlier = false;
    cvl_status status = CVL_OK;
    if (!dir->directory) {
        status = directory_make(dir->path, "out", err);
        if (!status) status = run_dir_look_into(dir, err);
        if (!status) status = open_record(dir, files, err);
    }
    if (!status) status = find_earlier(dir, &earlier, err);
    if (!status && earlier && !config->output.force)
        return cvl_fail(err, CVL_EINVAL,
                        "%s holds an earlier run; choose another --out, "
                        "continue it with --resume %s, or add --force to "
                        "overwrite it",
                        dir->path, dir->path);
    if (!status) status = refuse_foreign(dir, files, err);
    if (status) return status;
    dir->drafting = earlier;
    status = write_config(dir, config, err);
    if (!status) status = write_logs(dir, err);
    if (!status && !earlier) status = open_logs(dir, err);
    return status;
}

/* Removes a file of convlet's, if it is there. */
static cvl_status drop(const struct run_dir *dir, enum run_file file,
                       cvl_error *err)
{
    const struct own_name name = own(dir, NAMES[file]);
    return dir->ours >> file & 1 ? own_drop(&name, err) : CVL_OK;
}

/* The checkpoint comes last: until then the settings refuse what was there, or
 * are the same. An earlier run's epochs go where this one has none. */
cvl_status run_dir_commit(struct run_dir *dir, cvl_error *err)
{
    const unsigned files = files_of(dir);
    cvl_status status = CVL_OK;
    for (enum run_file f = RUN_CONFIG; f <= RUN_CHECKPOINT; f++)
        if (files >> f & 1 &&
            renameat(dir->directory, strrchr(run_dir_file(dir, f), '/') + 1,
                     dir->directory, NAMES[f]))
            return cannot(dir, "replace", NAMES[f], err);
    dir->drafting = false;
    if (!dir->epochs.columns) status = drop(dir, RUN_EPOCHS, err);
    for (enum run_file f = RUN_MODEL; !status && f < RUN_FILES; f++)
        status = drop(dir, f, err);
    if (!status && fsync(dir->directory) && errno != EINVAL)
        status = cannot(dir, "sync", ".", err);
    if (!status) status = run_dir_note_saved(dir, err);
    return status ? status : open_logs(dir, err);
}

/* Cuts a log off behind the lines that are to stay. */
static cvl_status cut_log(const struct run_dir *dir, const struct run_log *log,
                          const struct loss_log_cut *cut, bool quiet,
                          cvl_error *err)
{
    if (!cut->follows) return CVL_OK;
    if (ftruncate(log->log->fd, cut->size))
        return cannot(dir, "write", NAMES[log->file], err);
    if (cut->is_said && !quiet)
        say(stderr,
            "convlet train: note: %s: cut off behind line %zu, where the "
            "checkpoint of step %zu is",
            run_dir_file(dir, log->file), cut->lines, cut->step);
    return CVL_OK;
}

/* Opens a log, and looks whether it holds what the checkpoint says. */
static cvl_status check_log(struct run_dir *dir, const struct run_log *log,
                            const struct run_past *past,
                            struct loss_log_cut *cut, cvl_error *err)
{
    struct source_mark then;
    const char *const name = NAMES[log->file];
    cvl_status status =
        loss_log_check(log->log, run_dir_file(dir, log->file), cut, err);
    loss_log_mark(log->log, &cut->mark);
    if (!status && past->is_complete && cut->is_said)
        return cvl_fail(err, CVL_EFORMAT,
                        "%s/%s: goes on behind line %zu, where the run came to "
                        "its end; put back what it left",
                        dir->path, name, cut->lines);
    if (status || !own_find(past->files, name, &then) ||
        then.sum == cut->mark.sum)
        return status;
    return cvl_fail(err, CVL_EFORMAT,
                    "%s/%s: its first %zu lines are not those of this run; put "
                    "back what the run left",
                    dir->path, name, cut->lines);
}

/* What a run that came to its end left is there, and as it was. */
static cvl_status check_results(const struct run_dir *dir, const char *files,
                                cvl_error *err)
{
    cvl_status status = CVL_OK;
    for (enum run_file f = RUN_MODEL; !status && f < RUN_FILES; f++) {
        const struct own_name name = own(dir, NAMES[f]);
        const bool is_owed = f == RUN_MODEL || f == RUN_REPORT;
        const char *const ending = f == RUN_REPORT ? REPORT_END : "";
        status = own_check_listed(files, &name, is_owed, ending, err);
    }
    return status;
}

static cvl_status refuse_unlisted(const struct run_dir *dir, cvl_error *err)
{
    const cvl_status status = refuse_foreign(dir, files_of(dir), err);
    if (status != CVL_EINVAL) return status;
    return cvl_fail(err, status,
                    "%s/%s does not list all files that are here as the run's; "
                    "put back what the run left, or remove it if they are all "
                    "the run's",
                    dir->path, RECORD);
}

cvl_status run_dir_reopen(struct run_dir *dir, const struct config *config,
                          const struct run_past *past, cvl_error *err)
{
    struct loss_log_cut cuts[RUN_LOGS] = {
        {.count = past->step, .every = dir->log.every, .step = past->step},
        {.count = past->epochs, .every = 1, .step = past->step}};
    struct run_log logs[RUN_LOGS];
    const size_t count = logs_of(dir, logs);
    cvl_status status = refuse_unlisted(dir, err);
    for (size_t i = 0; !status && i < count; i++) {
        bool found;
        status = run_dir_look(dir, logs[i].file, &found, err);
        if (!status && !found)
            status =
                cvl_fail(err, CVL_EFORMAT, "%s: is gone, and line 1 with it",
                         run_dir_file(dir, logs[i].file));
    }
    if (!status) status = open_logs(dir, err);
    for (size_t i = 0; !status && i < count; i++)
        status = check_log(dir, &logs[i], past, &cuts[i], err);
    if (!status && past->is_complete)
        return check_results(dir, past->files, err);
    if (!status) status = write_config(dir, config, err);
    if (status) return status;
    dir->stale = true;
    for (size_t i = 0; !status && i < count; i++)
        status = cut_log(dir, &logs[i], &cuts[i], config->output.quiet, err);
    return status;
}

cvl_status run_dir_list(const struct run_dir *dir, size_t step,
                        struct text *list, cvl_error *err)
{
    cvl_status status = CVL_OK;
    own_list(list, NAMES[RUN_LOG], loss_log_mark_of(&dir->log, step));
    if (dir->epochs.columns)
        own_list(list, NAMES[RUN_EPOCHS], &dir->epochs.mark);
    for (enum run_file f = RUN_MODEL; !status && f < RUN_FILES; f++) {
        const struct own_name name = own(dir, NAMES[f]);
        if (dir->ended && f != RUN_REPORT && dir->ours >> f & 1)
            status = own_list_file(list, &name, err);
    }
    return status ? status : text_status(list, err);
}

static cvl_status sync_log(const struct run_dir *dir, enum run_file file,
                           const struct loss_log *log, cvl_error *err)
{
    const struct own_name name = own(dir, NAMES[file]);
    if (!log->fd) return CVL_OK;
    if (fsync(log->fd) && errno != EINVAL)
        return cannot(dir, "write", name.name, err);
    return own_check_same(&name, log->fd, err);
}

cvl_status run_dir_sync_log(const struct run_dir *dir, cvl_error *err)
{
    const struct own_name config = own(dir, NAMES[RUN_CONFIG]);
    cvl_status status = sync_log(dir, RUN_LOG, &dir->log, err);
    if (!status) status = sync_log(dir, RUN_EPOCHS, &dir->epochs, err);
    return status || dir->drafting ? status : own_check_there(&config, err);
}

cvl_status run_dir_note_saved(struct run_dir *dir, cvl_error *err)
{
    if (dir->saved) return CVL_OK;
    dir->saved = true;
    return record(dir, SAVED, err);
}

cvl_status run_dir_drop_stale(struct run_dir *dir, bool all, cvl_error *err)
{
    cvl_status status = CVL_OK;
    for (enum run_file f = RUN_MODEL; dir->stale && !status && f < RUN_FILES;
         f++)
        if (all || f != RUN_REPORT) status = drop(dir, f, err);
    if (!status) dir->stale = false;
    return status;
}

cvl_status run_dir_close_log(struct run_dir *dir, cvl_error *err)
{
    struct run_log logs[RUN_LOGS];
    const size_t count = logs_of(dir, logs);
    cvl_status status = CVL_OK;
    for (size_t i = 0; i < count; i++) {
        const int fd = logs[i].log->fd;
        logs[i].log->fd = 0;
        if (fd && close(fd) && errno != EINTR)
            status = cannot(dir, "write", NAMES[logs[i].file], err);
    }
    return status;
}
