/*
 * launch PARENT PROGRAM [ARGUMENT...]    runs a program that must not outlive process PARENT, whose child this is
 * launch PARENT < FILE                   ends with status 0 if FILE can be opened, else with 1
 *
 * It stands between a daemon and its scripts, as the leader of their process group, for three reasons. A program on a
 * file system that hangs makes execve hang, and with it whoever waits for the new process to be one: that is this
 * program then, and not the daemon. When the daemon dies, however it does, the kernel tells (PR_SET_PDEATHSIG), and the
 * whole group is killed, not the first process alone. And scripts do not inherit the daemon's place before all others
 * on the processor.
 *
 * The status is that of the program; a signal that ends it ends us. 127: there is no such program; 126: another error.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void end_as(int status) {
  if (!WIFSIGNALED(status)) exit(WEXITSTATUS(status));
  int number = WTERMSIG(status);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  signal(number, SIG_DFL);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  sigprocmask(SIG_UNBLOCK, &only, NULL);
  kill(getpid(), number);
  exit(126);
}

int main(int argc, char **argv) {
  if (argc < 3) return 126;
  pid_t parent = atoi(argv[1]);
  if (strcmp(argv[2], "<") == 0) return argc == 4 && open(argv[3], O_RDONLY | O_NONBLOCK | O_CLOEXEC) >= 0 ? 0 : 1;

  /* A TERM to the group is for the script; ours is to say how that ended. */
  sigset_t watched, before;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGHUP);
  sigaddset(&watched, SIGTERM);
  sigprocmask(SIG_BLOCK, &watched, &before);
  prctl(PR_SET_PDEATHSIG, SIGHUP, 0, 0, 0);
  /* It may have died before that. */
  if (getppid() != parent) return 126;
  setpriority(PRIO_PROCESS, 0, 0);

  pid_t child = fork();
  if (child < 0) return 126;
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    sigprocmask(SIG_SETMASK, &before, NULL);
    execvp(argv[2], argv + 2);
    _exit(errno == ENOENT ? 127 : 126);
  }
  for (;;) {
    int number, status;
    if (sigwait(&watched, &number) != 0) continue;
    if (number == SIGHUP && getppid() != parent) kill(0, SIGKILL);
    if (number == SIGCHLD && waitpid(child, &status, WNOHANG) == child) end_as(status);
  }
}
