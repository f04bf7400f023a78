package dev.respite.time;

/** {@link OwnThreads} with one thread: what should run elsewhere runs here. */
final class OwnThreadsInBrowser {

    private OwnThreadsInBrowser() {}

    static boolean isTimer() {
        return false;
    }

    static void runElsewhere(Runnable task) {
        task.run();
    }
}
