package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A failure that a library has thrown, and what policies make of it. */
record Judged(Throwable failure) {

    static Judged of(ThrowingCallable call) {
        Throwable failure = catchThrowable(call);
        assertThat(failure).as("the call fails").isNotNull();
        return new Judged(failure);
    }

    Judged isA(Class<?> type) {
        assertThat(failure).isInstanceOf(type);
        return this;
    }

    Judged hasCause(Class<?> type) {
        assertThat(failure).hasCauseInstanceOf(type.asSubclass(Throwable.class));
        return this;
    }

    Judged hasClassName(String name) {
        assertThat(failure.getClass().getName()).as("%s", failure).isEqualTo(name);
        return this;
    }

    private Verdict by(String policy) {
        return RetryPolicy.parse(policy).classify(Outcome.failure(failure));
    }

    /** Transient by default, of that kind. */
    Judged isTransient(ErrorKind kind) {
        assertThat(by("")).as("%s", trace()).isEqualTo(Verdict.transientError(kind));
        assertThat(by("stop-on=" + kind)).as("%s", trace()).isInstanceOf(Verdict.Fatal.class);
        return this;
    }

    Judged isTransient(int status) {
        return isTransient(ErrorKind.ofStatus(status))
                .isSelectedBy(Integer.toString(status))
                .isSelectedBy(status / 100 + "xx");
    }

    /** Not retried by default. */
    Judged isFatal() {
        assertThat(by("")).as("%s", trace()).isInstanceOf(Verdict.Fatal.class);
        return this;
    }

    /** Not retried, whatever a policy names. */
    Judged isNeverRetried() {
        for (String policy : new String[] {"", "retry-on=any", "retry-on=java.lang.Exception"}) {
            assertThat(by(policy)).as("%s", trace()).isInstanceOf(Verdict.Fatal.class);
        }
        return this;
    }

    Judged isSelectedBy(String selector) {
        assertThat(by("stop-on=any retry-on=" + selector)).as("%s", trace()).isInstanceOf(Verdict.Transient.class);
        assertThat(by("retry-on=any stop-on=" + selector)).as("%s", trace()).isInstanceOf(Verdict.Fatal.class);
        return this;
    }

    private String trace() {
        StringBuilder chain = new StringBuilder();
        for (Throwable error = failure; error != null; error = error.getCause()) {
            chain.append(chain.isEmpty() ? "" : " <- ").append(error);
        }
        return chain.toString();
    }
}
