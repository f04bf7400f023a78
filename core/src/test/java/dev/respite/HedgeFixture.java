package dev.respite;

import dev.respite.hedge.Hedge;
import dev.respite.outcome.Attempt;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A hedged call in virtual time, with a recorder of its events and a scripted server. */
final class HedgeFixture {

    static final Duration DELAY = Duration.ofMillis(10);

    final VirtualTime time = new VirtualTime();
    final Recorder recorder = new Recorder();
    final Server server = new Server();

    /** A scripted server that records the time of each attempt, and which attempts were cancelled. */
    final class Server implements AsyncOperation.Simple<Object> {
        final List<CompletableFuture<Object>> replies = new ArrayList<>();
        final List<Attempt> attempts = new ArrayList<>();
        final List<Long> cameAtMillis = new ArrayList<>();
        private final List<Long> afterMillis = new ArrayList<>();
        private final List<Object> outcomes = new ArrayList<>();

        Server responds(Object outcome, long millis) {
            outcomes.add(outcome);
            afterMillis.add(millis);
            return this;
        }

        @Override
        public CompletableFuture<Object> attempt() {
            return attempt(Attempt.FIRST);
        }

        @Override
        public CompletableFuture<Object> attempt(Attempt attempt) {
            int i = attempts.size();
            attempts.add(attempt);
            cameAtMillis.add(time.nanoTime() / 1_000_000);
            CompletableFuture<Object> reply = new CompletableFuture<>();
            replies.add(reply);
            if (i < outcomes.size()) {
                time.schedule(() -> complete(reply, outcomes.get(i)), afterMillis.get(i) * 1_000_000);
            }
            return reply;
        }

        private void complete(CompletableFuture<Object> reply, Object outcome) {
            if (outcome instanceof Throwable error) {
                reply.completeExceptionally(error);
            } else {
                reply.complete(outcome);
            }
        }

        List<Boolean> cancelled() {
            return replies.stream().map(CompletableFuture::isCancelled).toList();
        }
    }

    /** A response that counts how often it is closed; the fixture's policies retry one that is not good. */
    static final class Response implements AutoCloseable {
        final boolean good;
        int closed;

        Response(boolean good) {
            this.good = good;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    /** Returns a retry by this policy that also retries a response that is not good, and records its events. */
    Retry retrying(String policy) {
        RetryPolicy rejecting = RetryPolicy.parse(policy).toBuilder()
                .retryOnResult(Response.class, response -> !response.good)
                .build();
        return Retry.of(rejecting, time).withListener(recorder);
    }

    /** Returns hedges of {@link #retrying}, sent after {@link #DELAY}. */
    Hedge hedging(String policy) {
        return Hedge.of(retrying(policy), DELAY);
    }

    /** Returns the summary of the only call's history. */
    String story() {
        return recorder.ended().history().summary();
    }
}
