package dev.respite.outcome;

import java.time.Duration;

/** The meaning of an outcome, before any limit is applied. */
public sealed interface Verdict permits Verdict.Accept, Verdict.Fatal, Verdict.Transient {

    /** The value is accepted. For a failure it is the same as fatal: a failure is never a success. */
    record Accept() implements Verdict {
        static final Accept INSTANCE = new Accept();
    }

    /**
     * Another try would not help, or must not be made.
     *
     * @param reason what the call's stop reason will be
     * @param kind the kind of error
     */
    record Fatal(StopReason reason, ErrorKind kind) implements Verdict {
        static final Fatal OTHER = new Fatal(StopReason.FATAL, ErrorKind.OTHER);

        /**
         * Checks the reason.
         *
         * @throws IllegalArgumentException if the reason is {@link StopReason#ACCEPTED}
         */
        public Fatal {
            if (reason == StopReason.ACCEPTED) {
                throw new IllegalArgumentException("a fatal verdict cannot have the reason ACCEPTED; use accept()");
            }
        }
    }

    /**
     * The error may pass by itself.
     *
     * @param kind the kind of error
     * @param notBefore the target's hint: no retry before this time, not negative; {@link Duration#ZERO} where it gives
     *     nothing
     */
    record Transient(ErrorKind kind, Duration notBefore) implements Verdict {
        /**
         * Checks the hint.
         *
         * @throws IllegalArgumentException if the hint is negative
         */
        public Transient {
            if (notBefore.isNegative()) {
                throw new IllegalArgumentException("not before " + notBefore + ": a wait cannot be negative");
            }
        }
    }

    /** {@return the verdict on a good outcome} */
    static Verdict accept() {
        return Accept.INSTANCE;
    }

    /** {@return the verdict that another try would not help, with the reason {@link StopReason#FATAL}} */
    static Verdict fatal() {
        return Fatal.OTHER;
    }

    /**
     * Another try would not help, or must not be made.
     *
     * @param reason what the call's stop reason will be; not {@link StopReason#ACCEPTED}
     * @param kind the kind of error
     * @return the verdict
     */
    static Verdict fatal(StopReason reason, ErrorKind kind) {
        return new Fatal(reason, kind);
    }

    /**
     * The error may pass by itself.
     *
     * @param kind the kind of error
     * @return the verdict, without a hint
     */
    static Verdict transientError(ErrorKind kind) {
        return new Transient(kind, Duration.ZERO);
    }

    /**
     * The error may pass by itself, not before a time that the target states.
     *
     * @param kind the kind of error
     * @param notBefore the target's hint: no retry before this time, not negative
     * @return the verdict
     */
    static Verdict transientError(ErrorKind kind, Duration notBefore) {
        return new Transient(kind, notBefore);
    }
}
