package dev.respite.policy;

import java.util.Locale;

/** Selects whether a call retries a failure on which an inner call has given up. */
public enum Nested {
    /** It does not retry: layers of retries must not multiply. The default. */
    SUPPRESS,
    /** It retries as if no inner call had: n attempts outside and m inside can be n × m. */
    RETRY;

    /** {@return the value of the key {@code nested} in the policy's text form} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
