package dev.respite.undeployed;

import dev.respite.time.TimeSource;
import java.util.concurrent.TimeUnit;

/** Keeps the shared timer of Respite, and so its thread, until the end of the test. */
public final class BusyTimer implements Runnable {

    @Override
    public void run() {
        TimeSource.system().schedule(() -> {}, TimeUnit.HOURS.toNanos(1));
    }
}
