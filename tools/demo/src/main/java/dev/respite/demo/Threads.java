package dev.respite.demo;

import java.util.concurrent.ThreadFactory;

/** Creates threads that do not keep the JVM alive. */
final class Threads {

    private Threads() {}

    static ThreadFactory daemon(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
