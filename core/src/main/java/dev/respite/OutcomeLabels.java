package dev.respite;

import dev.respite.cause.CauseChain;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;

/** The labels of outcomes in a history. */
final class OutcomeLabels {

    private OutcomeLabels() {}

    /** {@code ok}, the name of the kind of error, or for an error of no named kind its class without the package. */
    static String of(Outcome<?> outcome, Verdict verdict) {
        if (verdict instanceof Verdict.Accept && outcome instanceof Outcome.Success<?>) {
            return "ok";
        }
        ErrorKind kind = kind(verdict);
        boolean named = !kind.equals(ErrorKind.OTHER);
        return !named && outcome instanceof Outcome.Failure<?> failure ? className(failure.error()) : kind.name();
    }

    static ErrorKind kind(Verdict verdict) {
        if (verdict instanceof Verdict.Transient error) {
            return error.kind();
        }
        return verdict instanceof Verdict.Fatal fatal ? fatal.kind() : ErrorKind.OTHER;
    }

    private static String className(Throwable error) {
        String name = CauseChain.unwrap(error).getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
