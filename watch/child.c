#include "watch/child.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between fork and exec only what may be called there. */
static void become(char *const *argv, int err_fd, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0); /* a Ctrl-C is the daemon's, which tells us */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(126); /* it died before we asked to be told */
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(err_fd, 2) < 0) _exit(126);
    execv(argv[0], argv);
    _exit(127);
}

alm_status alm_child_start(alm_child *child, char *const *argv, alm_err *err) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return alm_fail_system(err, ALM_E_IO, errno, "pipe: %s", strerror(errno));
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) become(argv, ends[1], parent);
    int why = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return alm_fail_system(err, ALM_E_IO, why, "fork: %s", strerror(why));
    }
    child->pid = pid;
    child->err_fd = ends[0];
    alm_buf_init(&child->line, ALM_CHILD_LINE_MAX);
    return ALM_OK;
}

/* A line of progress: its numbers replace those of the run. False where it is none. */
static bool read_progress(alm_run *run, alm_str line) {
    json_error_t fault;
    json_t *root = line.len && line.ptr[0] == '{' ? json_loadb(line.ptr, line.len, 0, &fault) : NULL;
    if (!root) return false;
    for (int i = 0; i < ALM_RUN_COUNT_COUNT; i++) {
        const json_t *value = json_object_get(root, alm_run_count_name((alm_run_count)i));
        if (json_is_integer(value)) run->counts[i] = (uint64_t)json_integer_value(value);
    }
    run->limited = json_is_true(json_object_get(root, "limited"));
    json_decref(root);
    return true;
}

static void take_line(alm_child *child) {
    alm_str line = alm_str_trim(alm_buf_str(&child->line));
    if (line.len && !read_progress(child->run, line)) child->say(child->context, child->line.ptr);
    alm_buf_reset(&child->line);
}

bool alm_child_read(alm_child *child) {
    char bytes[4096];
    while (child->err_fd >= 0) {
        ssize_t count = read(child->err_fd, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return true;
        if (count <= 0) {
            take_line(child);
            close(child->err_fd);
            child->err_fd = -1;
            break;
        }
        for (ssize_t i = 0; i < count; i++) {
            if (bytes[i] == '\n')
                take_line(child);
            else
                alm_buf_add_byte(&child->line, bytes[i]); /* what is beyond the limit of a line is left out */
        }
    }
    return false;
}

bool alm_child_reap(alm_child *child) {
    if (child->pid == 0) return true;
    pid_t pid = waitpid(child->pid, &child->status, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR)) return false;
    if (pid < 0) child->status = 0x7f00; /* nobody's child: as if it could not be started */
    child->pid = 0;
    alm_child_read(child);
    return true;
}

void alm_child_signal(const alm_child *child, int number) {
    if (child->pid > 0) kill(child->pid, number);
}

void alm_child_release(alm_child *child) {
    if (child->err_fd >= 0) close(child->err_fd);
    child->err_fd = -1;
    alm_buf_release(&child->line);
}
