package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import java.net.ConnectException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Classification written in code: predicates of exceptions beside {@code retry-on}, and around the standard classifier. */
class RetryOnExceptionTest {

    private static final class QuotaException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final boolean temporary;

        QuotaException(boolean temporary) {
            super("quota");
            this.temporary = temporary;
        }
    }

    private static RetryPolicyBuilder temporaryQuotas() {
        return RetryPolicy.builder().retryOnException(QuotaException.class, quota -> quota.temporary);
    }

    private static Verdict verdict(RetryPolicy policy, Throwable failure) {
        return policy.classify(Outcome.failure(failure));
    }

    private static boolean retries(RetryPolicy policy, Throwable failure) {
        return verdict(policy, failure) instanceof Verdict.Transient;
    }

    @Test
    void retryOnException_predicateHolds_isRetriedAsAnOrdinaryError() {
        RetryPolicy policy = temporaryQuotas().build();
        assertThat(verdict(policy, new QuotaException(true))).isEqualTo(Verdict.transientError(ErrorKind.OTHER));
        assertThat(retries(policy, new QuotaException(false))).isFalse();
        assertThat(retries(policy, new ConnectException())).isTrue();
    }

    @Test
    void retryOnException_asACause_isFound() {
        RetryPolicy policy = temporaryQuotas().build();
        assertThat(retries(policy, new CompletionException(new QuotaException(true))))
                .isTrue();
        assertThat(retries(policy, new IllegalStateException(new QuotaException(true))))
                .isTrue();
        assertThat(retries(policy, new IllegalStateException(new QuotaException(false))))
                .isFalse();
    }

    @Test
    void retryOnException_besideAClassThatStops_yieldsToTheClass() {
        assertThat(retries(temporaryQuotas().stopOn(QuotaException.class).build(), new QuotaException(true)))
                .isFalse();
        assertThat(retries(temporaryQuotas().stopOn("any").build(), new QuotaException(true)))
                .isTrue();
    }

    @Test
    void retryOnException_besideKindsThatStopOrAreRetried_leavesTheirErrorsToThem() {
        assertThat(retries(temporaryQuotas().stopOn("connect").build(), new ConnectException()))
                .isFalse();
        RetryPolicy others = temporaryQuotas().retryOn("other").build();
        assertThat(retries(others, new IllegalStateException())).isTrue();
        assertThat(retries(others, new QuotaException(true))).isTrue();
    }

    @Test
    void retryOnException_ofWhatIsNeverRetried_isRefusedOrHasNoEffect() {
        assertThatThrownBy(() -> RetryPolicy.builder().retryOnException(CancellationException.class, error -> true))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("CancellationException");
        RetryPolicy all = RetryPolicy.builder()
                .retryOnException(Throwable.class, error -> true)
                .build();
        assertThat(retries(all, new IllegalArgumentException())).isTrue();
        assertThat(retries(all, new OutOfMemoryError())).isFalse();
        assertThat(retries(all, new InterruptedException())).isFalse();
    }

    @Test
    void retryOnException_severalPredicates_eachCounts() {
        RetryPolicy policy = temporaryQuotas()
                .retryOnException(IllegalStateException.class, error -> "busy".equals(error.getMessage()))
                .build();
        assertThat(retries(policy, new QuotaException(true))).isTrue();
        assertThat(retries(policy, new IllegalStateException("busy"))).isTrue();
        assertThat(retries(policy, new IllegalStateException("closed"))).isFalse();
    }

    @Test
    void toBuilder_keepsThePredicate_andTheTextSaysCustom() {
        RetryPolicy policy = temporaryQuotas().build();
        assertThat(policy.toString()).contains("retry-on-exception=(custom)");
        RetryPolicy other = policy.toBuilder().maxAttempts(5).build();
        assertThat(retries(other, new QuotaException(true))).isTrue();
        assertThat(policy.toBuilder().build()).isEqualTo(policy).hasSameHashCodeAs(policy);
        assertThat(policy).isNotEqualTo(RetryPolicy.defaults());
        assertThatThrownBy(() -> RetryPolicy.parse(policy.toString())).hasMessageContaining("builder");
    }

    @Test
    void hedging_keepsThePredicate() {
        assertThat(retries(temporaryQuotas().build().withHedging(2), new QuotaException(true)))
                .isTrue();
    }

    @Test
    void wrapClassifier_decidesFirst_andLeavesTheRestToTheStandardOne() {
        RetryPolicy policy = temporaryQuotas()
                .retryOn("java.lang.IllegalStateException")
                .wrapClassifier(
                        standard -> outcome -> isReadOnly(outcome) ? Verdict.fatal() : standard.classify(outcome))
                .build();
        assertThat(retries(policy, new ConnectException("read only"))).isFalse();
        assertThat(retries(policy, new ConnectException("refused"))).isTrue();
        assertThat(retries(policy, new IllegalStateException())).isTrue();
        assertThat(retries(policy, new QuotaException(true))).isTrue();
        assertThat(policy.classify(Outcome.success("value"))).isEqualTo(Verdict.accept());
    }

    private static boolean isReadOnly(Outcome<?> outcome) {
        return outcome instanceof Outcome.Failure<?> failure
                && "read only".equals(failure.error().getMessage());
    }

    @Test
    void wrapClassifier_besideAClassifier_isRefused() {
        Classifier own = outcome -> Verdict.accept();
        assertThatThrownBy(() -> RetryPolicy.builder()
                        .classifier(own)
                        .wrapClassifier(standard -> standard)
                        .build())
                .hasMessageContaining("wrapClassifier");
        RetryPolicy made = RetryPolicy.builder().classifier(own).build();
        assertThatThrownBy(() ->
                        made.toBuilder().wrapClassifier(standard -> standard).build())
                .hasMessageContaining("wrapClassifier");
        assertThatThrownBy(() -> temporaryQuotas().classifier(own).build()).hasMessageContaining("retryOnException");
    }

    @Test
    void wrapClassifier_thatReturnsTheStandardOne_changesNothing() {
        assertThat(RetryPolicy.builder().wrapClassifier(standard -> standard).build())
                .isEqualTo(RetryPolicy.defaults());
    }
}
