package dev.respite.spring.http;

import static java.lang.System.Logger.Level.WARNING;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The known facts about the redirects of a client.
 *
 * @param mayFollow whether the client may follow redirects
 * @param warned whether it was reported that minted keys do not count because of that
 */
record RedirectKnowledge(boolean mayFollow, AtomicBoolean warned) {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    static RedirectKnowledge unknown() {
        return new RedirectKnowledge(true, new AtomicBoolean());
    }

    static RedirectKnowledge none() {
        return new RedirectKnowledge(false, new AtomicBoolean());
    }

    /** Reports once that keys are sent which permit no retry. */
    void warnOfKeys(String type) {
        if (warned.compareAndSet(false, true)) {
            LOGGER.log(
                    WARNING,
                    "idempotency keys are sent, but requests with them are not retried: the client may follow redirects to a"
                            + " server that does not honour keys. If it follows none, use " + type
                            + ".of(retry).withoutRedirects(). This is logged once");
        }
    }
}
