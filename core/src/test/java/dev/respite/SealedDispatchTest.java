package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.hedge.Hedge;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.Explanation;
import dev.respite.policy.FleetSpec;
import dev.respite.policy.GrpcSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Every variant of every sealed type goes through every place that distinguishes them. Java 17 does not check that
 * those places are exhaustive; these tests do: a variant that has no example here fails them, and so does one that a place
 * does not know.
 */
class SealedDispatchTest {

    private static final List<Outcome<Object>> OUTCOMES =
            List.of(Outcome.success("value"), Outcome.failure(new IllegalStateException("failure")));

    private static final List<Verdict> VERDICTS = List.of(
            Verdict.accept(),
            Verdict.fatal(StopReason.RETRY_FORBIDDEN_BY_SERVER, ErrorKind.IO),
            Verdict.transientError(ErrorKind.IO));

    private static final List<Decision<Object>> DECISIONS = List.of(
            new Decision.Return<>("value", StopReason.ACCEPTED),
            new Decision.Throw<>(new IllegalStateException(), StopReason.FATAL),
            new Decision.RetryAfter<>(1, 1, ErrorKind.IO));

    private static final List<BudgetSpec> BUDGETS = List.of(
            BudgetSpec.off(),
            FleetSpec.DEFAULT,
            BudgetSpec.perSuccess(0.5, 20, 10),
            BudgetSpec.parse("aws-2.0"),
            BudgetSpec.parse("aws-2.1"),
            new GrpcSpec(10, 0.1));

    private final VirtualTime time = new VirtualTime();

    @Test
    void examples_coverEveryVariant() {
        assertCovered(Outcome.class, OUTCOMES);
        assertCovered(Verdict.class, VERDICTS);
        assertCovered(Decision.class, DECISIONS);
        assertCovered(BudgetSpec.class, BUDGETS);
        assertCovered(RetryEvent.class, everyEvent());
    }

    private static void assertCovered(Class<?> sealed, Collection<?> examples) {
        Set<String> covered = new TreeSet<>();
        examples.forEach(example -> covered.add(example.getClass().getName()));
        Set<String> variants = new TreeSet<>();
        collect(sealed, variants);
        assertThat(covered).as("examples of %s", sealed).isEqualTo(variants);
    }

    private static void collect(Class<?> type, Set<String> leaves) {
        if (!type.isSealed()) {
            leaves.add(type.getName());
            return;
        }
        for (Class<?> variant : type.getPermittedSubclasses()) {
            collect(variant, leaves);
        }
    }

    @Test
    void decide_everyOutcomeAndVerdict_isWhatTheVerdictMeans() {
        RetryPolicy policy = RetryPolicy.defaults();
        for (Outcome<Object> outcome : OUTCOMES) {
            List<Object> decided = new ArrayList<>();
            for (Verdict verdict : VERDICTS) {
                decided.add(policy.decide(Attempt.FIRST, outcome, verdict, 0.5));
            }
            // A failure is never a success, with any classifier.
            boolean value = outcome instanceof Outcome.Success<Object>;
            assertThat(decided)
                    .containsExactly(
                            Decision.stop(outcome, value ? StopReason.ACCEPTED : StopReason.FATAL),
                            Decision.stop(outcome, StopReason.RETRY_FORBIDDEN_BY_SERVER),
                            new Decision.RetryAfter<>(50_000_000, 50_000_000, ErrorKind.IO));
        }
        assertThat(Decision.stop(OUTCOMES.get(0), StopReason.ACCEPTED)).isInstanceOf(Decision.Return.class);
        assertThat(Decision.stop(OUTCOMES.get(1), StopReason.ACCEPTED)).isInstanceOf(Decision.Throw.class);
    }

    @Test
    void classify_everyOutcome_hasAVerdict() {
        for (Outcome<Object> outcome : OUTCOMES) {
            assertThat(RetryPolicy.defaults().classify(outcome)).isNotNull();
            assertThat(RetryPolicy.defaults().decide(Attempt.FIRST, outcome, 0.5))
                    .isNotNull();
        }
    }

    @Test
    void call_everyOutcomeAndVerdict_endsWithTheOutcomeAndTheReason() {
        List<StopReason> reasons =
                List.of(StopReason.ACCEPTED, StopReason.RETRY_FORBIDDEN_BY_SERVER, StopReason.ATTEMPTS_EXHAUSTED);
        for (Outcome<Object> outcome : OUTCOMES) {
            for (int i = 0; i < VERDICTS.size(); i++) {
                Verdict verdict = VERDICTS.get(i);
                Recorder recorder = new Recorder();
                Retry retry = Retry.of(RetryPolicy.defaults(), time)
                        .withListener(recorder)
                        .driver()
                        .withClassifier(any -> verdict);
                Outcome<Object> got = run(retry, outcome);
                assertThat(got).isEqualTo(outcome);
                boolean refused = outcome instanceof Outcome.Failure<Object> && i == 0;
                assertThat(recorder.ended().reason()).isEqualTo(refused ? StopReason.FATAL : reasons.get(i));
                assertThat(recorder.ended().history().first().get(0).outcome()).isNotBlank();
                boolean accepted = verdict instanceof Verdict.Accept;
                assertThat(recorder.all(RetryEvent.AttemptFailed.class).isEmpty())
                        .isEqualTo(accepted);
            }
        }
    }

    @Test
    void hedgedCall_everyOutcomeAndVerdict_endsWithTheOutcomeAndTheReason() {
        List<StopReason> reasons =
                List.of(StopReason.ACCEPTED, StopReason.RETRY_FORBIDDEN_BY_SERVER, StopReason.ATTEMPTS_EXHAUSTED);
        for (Outcome<Object> outcome : OUTCOMES) {
            for (int i = 0; i < VERDICTS.size(); i++) {
                Verdict verdict = VERDICTS.get(i);
                Recorder recorder = new Recorder();
                Retry retry = Retry.of(RetryPolicy.defaults(), time)
                        .withListener(recorder)
                        .driver()
                        .withClassifier(any -> verdict);
                CompletableFuture<Object> result = Hedge.of(retry, Duration.ofMillis(1))
                        .callIdempotent(() -> outcome instanceof Outcome.Failure<Object> failure
                                ? CompletableFuture.failedFuture(failure.error())
                                : CompletableFuture.completedFuture(((Outcome.Success<Object>) outcome).value()));
                time.runAll();
                assertThat(result).isDone();
                assertThat(result.isCompletedExceptionally()).isEqualTo(outcome instanceof Outcome.Failure<Object>);
                assertThat(recorder.ended().outcome()).isEqualTo(outcome);
                boolean refused = outcome instanceof Outcome.Failure<Object> && i == 0;
                assertThat(recorder.ended().reason()).isEqualTo(refused ? StopReason.FATAL : reasons.get(i));
            }
        }
    }

    private static Outcome<Object> run(Retry retry, Outcome<Object> outcome) {
        try {
            return Outcome.success(retry.call(() -> {
                if (outcome instanceof Outcome.Failure<Object> failure) {
                    throw SneakyThrow.raise(failure.error());
                }
                return ((Outcome.Success<Object>) outcome).value();
            }));
        } catch (RuntimeException failure) {
            return Outcome.failure(failure);
        }
    }

    @Test
    void budgets_everySpecification_hasATextABucketAndAnExplanation() {
        Set<String> buckets = new TreeSet<>();
        for (BudgetSpec spec : BUDGETS) {
            assertThat(BudgetSpec.parse(spec.toString())).isEqualTo(spec);
            RetryPolicy policy = RetryPolicy.builder().budget(spec).build();
            assertThat(RetryPolicy.parse(policy.toString()).budget()).isEqualTo(spec);
            RetryBudget bucket = RetryBudgets.of(spec);
            buckets.add(bucket.getClass().getName());
            boolean off = spec == BudgetSpec.off();
            assertThat(bucket.retriesLeft() == Double.POSITIVE_INFINITY)
                    .as("%s is unlimited", spec)
                    .isEqualTo(off);
            // Each but the missing one limits the attempts of a call in an outage.
            boolean bounded = Explanation.of(policy).amplification(1, ErrorKind.TIMEOUT) < 3;
            assertThat(bounded).as("%s bounds an outage", spec).isEqualTo(!off);
        }
        assertThat(buckets).hasSize(4);
    }

    @Test
    void listeners_everyEvent_hasItsName() {
        for (RetryEvent event : everyEvent()) {
            assertThat(event.name()).isEqualTo("everything");
            assertThatCode(event::toString).doesNotThrowAnyException();
        }
    }

    /** The events of a call that is retried, meets a part that throws and ends, and of one that succeeds at once. */
    private List<RetryEvent> everyEvent() {
        Recorder recorder = new Recorder();
        Retry retry = Retry.of(RetryPolicy.defaults(), time)
                .withName("everything")
                .withListener(recorder)
                .driver()
                .withClassifier(outcome -> {
                    if (outcome instanceof Outcome.Success<?>) {
                        throw new IllegalStateException("part");
                    }
                    return Verdict.transientError(ErrorKind.IO);
                });
        retry.call(Script.of(new IllegalStateException(), "value"));
        List<RetryEvent> events = new ArrayList<>(recorder.events);
        events.add(new RetryEvent.FirstAttemptSucceeded("everything"));
        events.add(new RetryEvent.BudgetWaitEnded(
                "everything", Attempt.FIRST, Duration.ofSeconds(1), RetryEvent.BudgetWaitEnded.Result.RELEASED));
        return events;
    }
}
