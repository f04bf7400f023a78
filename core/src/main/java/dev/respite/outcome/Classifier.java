package dev.respite.outcome;

/**
 * Maps an outcome to a verdict: the only place where "worth another attempt" is decided.
 *
 * <p>A classifier is pure, total and safe for use by any number of threads. One that throws is reported to the listeners and
 * counts as {@linkplain Verdict#accept() accept} for a value and as {@linkplain Verdict#fatal() fatal} for a failure. Whatever
 * it returns, an {@link Error}, a cancellation and {@linkplain Outcome.Failure#isInterruption an interruption} are never
 * retried.
 */
@FunctionalInterface
public interface Classifier {

    /**
     * Judges one outcome.
     *
     * @param outcome the outcome of an attempt
     * @return the verdict
     */
    Verdict classify(Outcome<?> outcome);

    /**
     * Returns whether a value can be anything but accepted. Drivers skip the classifier for values where not.
     *
     * @return true, unless overridden
     */
    default boolean judgesValues() {
        return true;
    }
}
