package dev.respite.http.exchange;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.logging.FailureText;
import java.util.Objects;
import java.util.function.Supplier;

/** The scope that is open on the calling thread while a request is sent. */
final class CallScope {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    /** Opens nothing. */
    static final CallScope NONE = new CallScope(() -> () -> {});

    private final Supplier<? extends AutoCloseable> opener;

    CallScope(Supplier<? extends AutoCloseable> opener) {
        this.opener = Objects.requireNonNull(opener, "scope");
    }

    /** An open scope, whose end changes nothing in the call. */
    interface Opened {
        void close();
    }

    Opened open() {
        AutoCloseable opened = Objects.requireNonNull(opener.get(), "the scope's supplier has returned null");
        return () -> close(opened);
    }

    private static void close(AutoCloseable opened) {
        try {
            opened.close();
        } catch (Throwable bug) {
            if (bug instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOGGER.log(
                    WARNING, "the scope of an HTTP call has not been closed: it has thrown", FailureText.loggable(bug));
        }
    }
}
