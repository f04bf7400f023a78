package dev.respite;

import dev.respite.budget.RetryBudget;
import dev.respite.driver.ParallelCall;
import dev.respite.driver.ResumableRetry;
import dev.respite.driver.RetryDriver;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.time.TimeSource;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The driver of a retry. */
record EngineDriver(Retry retry) implements RetryDriver<Retry> {

    private CallContext context() {
        return retry.callContext();
    }

    @Override
    public Retry withClassifier(Classifier classifier) {
        Objects.requireNonNull(classifier, "classifier");
        return retry.with(context().forDriver(classifier, context().hooks()));
    }

    @Override
    public <V> Retry forCall(Classifier classifier, Class<V> type, UnaryOperator<V> hook, TimeSource time) {
        Objects.requireNonNull(classifier, "classifier");
        Objects.requireNonNull(time, "time");
        CallHooks driven = context().hooks().withTime(time).withDetach(type, hook);
        return retry.with(context().forDriver(classifier, driven));
    }

    @Override
    public Retry withBudget(RetryBudget budget, String target) {
        Objects.requireNonNull(target, "target");
        return retry.with(context().hooks().withTarget(" at " + target)).withBudget(budget);
    }

    @Override
    public Retry withWarnings() {
        Warnings.logPolicy(retry.policy());
        return retry.with(context().reporter().withWarnings());
    }

    @Override
    public boolean hasOwnBudget() {
        return retry.ownsBudget();
    }

    @Override
    public void callbackFailed(String callback, Throwable error) {
        context().reporter().publish(new RetryEvent.CallbackFailed(retry.name(), callback, error));
    }

    @Override
    public ResumableRetry resumable() {
        return ResumableCalls.of(context());
    }

    @Override
    public <T extends @Nullable Object> ParallelCall<T> parallelCall(
            ResumableRetry.Work<? extends CompletionStage<? extends T>> operation,
            boolean enforcesTimeout,
            boolean marked) {
        Objects.requireNonNull(operation, "operation");
        return new ParallelRetryCall<>(context(), new DrivenOperation<>(operation, enforcesTimeout), marked);
    }

    private record DrivenOperation<T extends @Nullable Object>(
            ResumableRetry.Work<? extends CompletionStage<? extends T>> work, boolean enforcesTimeout)
            implements AsyncOperation<T> {

        @Override
        public CompletionStage<? extends T> attempt(Attempt attempt) throws Exception {
            return work.attempt(attempt);
        }
    }
}
