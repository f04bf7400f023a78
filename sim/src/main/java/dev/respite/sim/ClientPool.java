package dev.respite.sim;

import dev.respite.AsyncOperation;
import dev.respite.NestedRetries;
import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.outcome.Attempt;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.SimulatedRequest.Ending;
import dev.respite.sim.SimulatedRequest.InContext;
import dev.respite.sim.scenario.ClientGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Clients of one service: each has a {@link Retry} of its own or, where they share a budget, one for all. */
final class ClientPool {

    /** Of how many clients the budgets are looked into. */
    private static final int SAMPLE = 100;

    private final Replicas target;
    private final NetworkLink wire;
    private final boolean nests;
    private Retry common;
    private final Optional<Duration> hedge;
    private final LayerEvents events;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private boolean sharesBudget;
    private Waves waves = new Waves(false);
    private boolean sendsAttemptNumber = true;
    private long attempts;

    /** Makes the events of the calls of one layer; null where the run has no listener. */
    @FunctionalInterface
    interface LayerEvents {
        @Nullable
        CallEvents callStarts(int client, long parent);
    }

    ClientPool(
            Replicas target,
            boolean nests,
            NetworkLink wire,
            Retry common,
            Optional<Duration> hedge,
            LayerEvents events) {
        this.target = target;
        this.nests = nests;
        this.wire = wire;
        this.common = common;
        this.hedge = hedge;
        this.events = events;
        clients.add(new SimulatedClient(common, hedge, Optional.empty()));
    }

    /** A retry under the policy, in simulated time, with a limit to each attempt unless the policy has one. */
    static Retry retry(RetryPolicy policy, Optional<Duration> timeout, SimTime time) {
        RetryPolicy limited = limited(policy, timeout);
        return Retry.withoutWarnings(limited, time).driver().withClassifier(new ResponseClassifier(limited));
    }

    /** The policy with a limit to each attempt, unless it has one or its calls are shorter than that. */
    static RetryPolicy limited(RetryPolicy policy, Optional<Duration> timeout) {
        boolean mine = policy.limits().attemptTimeout().isEmpty() && timeout.isPresent();
        if (mine
                && policy.limits()
                        .totalTimeout()
                        .map(total -> total.compareTo(timeout.get()) > 0)
                        .orElse(true)) {
            return policy.toBuilder().attemptTimeout(timeout.get()).build();
        }
        return policy;
    }

    /** A retry of a layer that has a policy of its own. Both have the same counts. */
    static Retry under(RetryPolicy policy, Optional<Duration> timeout, Retry retry) {
        RetryPolicy limited = limited(policy, timeout);
        return retry.withPolicy(limited).driver().withClassifier(new ResponseClassifier(limited));
    }

    /**
     * This fleet with the clients of a group instead of one, each with its budget and its breaker, or a part in them. What is
     * counted is common to all.
     */
    ClientPool of(ClientGroup group, Supplier<RetryBudget> budgets, Optional<BreakerFactory> breakers, Waves waves) {
        this.waves = waves;
        this.sendsAttemptNumber = group.sendsAttemptNumber();
        this.sharesBudget = group.sharedBudget();
        clients.clear();
        Supplier<RetryBudget> perClient = perClient(budgets);
        for (int i = 0; i < group.clients(); i++) {
            Retry retry = common.withBudget(perClient.get());
            clients.add(new SimulatedClient(retry, hedge, breakers.map(BreakerFactory::next)));
        }
        return this;
    }

    private Supplier<RetryBudget> perClient(Supplier<RetryBudget> budgets) {
        if (!sharesBudget) {
            return budgets;
        }
        RetryBudget shared = budgets.get();
        return () -> shared;
    }

    /** Replaces the policy of all clients, for calls that begin from now on. The counts and the breakers stay. */
    void replacePolicy(RetryPolicy policy, Optional<Duration> timeout, Supplier<RetryBudget> budgets) {
        common = under(policy, timeout, common);
        Supplier<RetryBudget> perClient = perClient(budgets);
        clients.replaceAll(client -> client.withRetry(common.withBudget(perClient.get()), hedge));
    }

    /** Makes a call of a client of the load, and passes its failure on, or null. */
    void call(int client, Consumer<@Nullable Throwable> ended) {
        call(client, 0, ended);
    }

    /** Makes a call for a request of another call, whose number is the parent. */
    void call(int client, long parent, Consumer<@Nullable Throwable> ended) {
        int index = client % clients.size();
        SimulatedClient caller = clients.get(index);
        CallEvents observed = events.callStarts(index, parent);
        Call call = new Call(caller.retry().policy(), waves.begin(common.time().nanoTime()), ended, observed);
        var unused = (observed == null ? caller.call(call) : caller.call(call, observed)).whenComplete(call);
    }

    /** One call: starts a request for each attempt, and receives how it ended. */
    private final class Call implements AsyncOperation<Object>, BiConsumer<Object, @Nullable Throwable> {

        private final RetryPolicy policy;
        private final int burst;
        private final Consumer<@Nullable Throwable> ended;
        private final @Nullable CallEvents observed;

        Call(RetryPolicy policy, int burst, Consumer<@Nullable Throwable> ended, @Nullable CallEvents observed) {
            this.policy = policy;
            this.burst = burst;
            this.ended = ended;
            this.observed = observed;
        }

        @Override
        public CompletionStage<Object> attempt(Attempt attempt) {
            attempts++;
            waves.add(burst, attempt.number(), common.time().nanoTime());
            SimulatedRequest request = request(attempt, target.draw());
            policy.timeoutOf(attempt).ifPresent(limit -> request.endIn(common.time(), limit));
            request.send();
            return request;
        }

        private SimulatedRequest request(Attempt attempt, SimulatedServer server) {
            int number = sendsAttemptNumber ? attempt.number() : 1;
            return new SimulatedRequest(wire, server, number, nests ? carried() : InContext.NONE, ending(attempt))
                    .ofCall(observed == null ? 0 : observed.number());
        }

        private Ending ending(Attempt attempt) {
            CallEvents call = observed;
            if (call == null) {
                return Ending.UNOBSERVED;
            }
            call.attemptStarted(attempt.number());
            return result -> call.attemptEnded(attempt.number(), result);
        }

        /** As an HTTP client does: the request has a timeout of its own. */
        @Override
        public boolean enforcesTimeout() {
            return true;
        }

        @Override
        public void accept(Object value, @Nullable Throwable failure) {
            if (observed != null) {
                observed.ended();
            }
            ended.accept(failure);
        }
    }

    /** In life the word goes back in a header; here it goes by the context of the attempt. */
    private static InContext carried() {
        Task task = new Task();
        Runnable carried = NestedRetries.propagate(task);
        return work -> {
            task.work = work;
            carried.run();
        };
    }

    private static final class Task implements Runnable {
        private @Nullable Runnable work;

        @Override
        public void run() {
            if (work != null) {
                work.run();
            }
        }
    }

    boolean isOf(Replicas service) {
        return target == service;
    }

    long attempts() {
        return attempts;
    }

    /** Returns the budgets of the first clients, at most {@value #SAMPLE}. */
    Stream<RetryBudget> budgets() {
        return clients.stream().limit(SAMPLE).map(client -> client.retry().budget());
    }
}
