package dev.respite.sim.scenario;

import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * A service: one server or several, each with a queue and workers, and rules of admission. It works on a request even if no caller
 * waits for the response any more, as servers do.
 *
 * <p>It is immutable: each method returns another one. A new one has one server with one worker that takes 10 ms for each request,
 * and a queue without a limit, first come, first served.
 *
 * @param name what loads, faults and other services call it
 * @param replicas the number of its servers, 1 to 10,000
 * @param work the work of each server
 * @param admission the queue and the limits of each server
 * @param refuseRetries the longest wait after which a server works on an attempt after the first, 1 ms to 1 min; empty if any
 * @param downstream the service that it calls; empty if it calls none
 */
public record Service(
        String name,
        int replicas,
        Work work,
        Admission admission,
        Optional<Duration> refuseRetries,
        Optional<Downstream> downstream) {

    /** A length of the queue without a limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if a value is out of its range
     */
    public Service {
        Checks.range("replicas", replicas, 1, 10_000);
        refuseRetries.ifPresent(limit -> {
            Checks.time("refuse-retries", limit);
            Checks.range("refuse-retries in milliseconds", limit.toNanos() / NANOS_PER_MILLI, 1, 60_000);
        });
    }

    /**
     * {@return a service}
     *
     * @param name what loads, faults and other services call it
     */
    public static Service named(String name) {
        return new Service(name, 1, Work.DEFAULT, Admission.DEFAULT, Optional.empty(), Optional.empty());
    }

    Service with(Work otherWork, Admission otherAdmission) {
        return new Service(name, replicas, otherWork, otherAdmission, refuseRetries, downstream);
    }

    /**
     * {@return this service with another number of servers of the same kind} Each has its own queue, its own workers and its own
     * rate limit, and makes its own calls with a budget of its own. Each attempt is sent to one of them, drawn at random.
     *
     * @param replicas 1 to 10,000
     */
    public Service replicas(int replicas) {
        return new Service(name, replicas, work, admission, refuseRetries, downstream);
    }

    /**
     * {@return this service with another number of requests that each server works on at a time}
     *
     * @param workers 1 to 1,000,000
     */
    public Service workers(int workers) {
        return with(work.withWorkers(workers), admission);
    }

    /**
     * {@return this service with another time that a worker takes for a request}
     *
     * @param time the distribution
     */
    public Service serviceTime(Distribution time) {
        return with(work.withTime(time), admission);
    }

    /**
     * Makes it slow after each start: at the beginning of the run and after it was down.
     *
     * @param factor how many times as long work takes at first, from 1 to 1000
     * @param lasting how long until it takes no longer than usual, above 0; the factor shrinks in a straight line
     * @return the service
     */
    public Service slowStart(double factor, Duration lasting) {
        Checks.positive("slow-start", lasting);
        return with(work.withSlowStart(factor, lasting), admission);
    }

    /**
     * {@return this service with a limit to the requests that wait; any more are rejected with a 503 at once}
     *
     * @param limit 0 or more
     */
    public Service queue(int limit) {
        return with(work, admission.withQueue(limit));
    }

    /**
     * Lets in so many requests a second, by a bucket of tokens; any more are rejected with a 429 at once.
     *
     * @param rate requests a second, 0.001 to 10,000,000
     * @param burst how many at once, 1 to 1,000,000
     * @return the service
     */
    public Service rateLimit(double rate, int burst) {
        return with(work, admission.withRateLimit(rate, burst));
    }

    /**
     * {@return this service with a hint in each 503 and 429 when to come back}
     *
     * @param hint the value of {@code Retry-After}, 0 to 24 h
     */
    public Service retryAfter(Duration hint) {
        return with(work, admission.withRetryAfter(hint));
    }

    /**
     * {@return this service with servers that refuse retries before first attempts, by {@link
     * dev.respite.admission.RetryAdmission}} A server refuses an attempt after the first that has waited in its queue for longer
     * than the limit. It decides when a worker would begin the work, and the refusal takes no time. A refusal is a 503 with a
     * {@code Retry-After} of 1, 2 or 3 s in turn, and a mark that forbids a retry.
     *
     * <p>Clients whose policy has a budget obey the mark and make no further attempt, as Respite does. Clients with {@code
     * budget=off} stand for other libraries, which treat a refusal as any 503. A service whose own call is refused does not pass
     * the mark on.
     *
     * <p>A {@linkplain Fault#pause paused} server reads no requests, so the wait of those that arrive in a pause begins at its
     * end. A retry of clients {@linkplain ClientGroup#withoutAttemptNumber without attempt numbers} counts as a first attempt.
     * Calls of services always send the number.
     *
     * @param queueLimit the longest wait of a retry, 1 ms to 1 min; a tenth of the clients' timeout
     */
    public Service refuseRetries(Duration queueLimit) {
        return new Service(name, replicas, work, admission, Optional.of(queueLimit), downstream);
    }

    /**
     * {@return this service with random failures: a fraction of the requests gets a status instead of a result, after the work}
     *
     * @param fraction the fraction, from 0 to 1
     * @param status the status, 400 to 599
     */
    public Service failures(double fraction, int status) {
        return with(work.withFailures(fraction, OptionalInt.of(status)), admission);
    }

    /**
     * {@return this service with random silence: a fraction of the requests gets no response, though the work is done}
     *
     * @param fraction the fraction, from 0 to 1
     */
    public Service silences(double fraction) {
        return with(work.withFailures(fraction, OptionalInt.empty()), admission);
    }

    /**
     * Calls another service, under the policy of the run, after its own work and before it responds; the worker waits. If that call
     * fails in the end, the request fails too.
     *
     * @param service the other service
     * @return the service
     */
    public Service calls(String service) {
        Downstream next = downstream.map(now -> now.withTo(service)).orElseGet(() -> Downstream.of(service));
        return new Service(name, replicas, work, admission, refuseRetries, Optional.of(next));
    }

    /**
     * Calls another service, with a limit to each attempt.
     *
     * @param service the service that it calls
     * @param timeout how long an attempt may take, unless the policy has a limit
     * @return the service
     */
    public Service calls(String service, Duration timeout) {
        return calls(service).calling(next -> next.withTimeout(timeout));
    }

    /**
     * Makes its own calls under a policy of their own, whatever the policy of the run is.
     *
     * @param policy the policy, also of the budgets of its servers
     * @return the service
     * @throws InvalidScenarioException if it calls no service
     */
    public Service policy(RetryPolicy policy) {
        return calling(next -> next.withPolicy(policy));
    }

    /**
     * Has its servers share one retry budget for its own calls.
     *
     * @return the service
     * @throws InvalidScenarioException if it calls no service
     */
    public Service sharingBudget() {
        return calling(Downstream::withSharedBudget);
    }

    private Service calling(UnaryOperator<Downstream> change) {
        Downstream next = downstream.orElseThrow(() -> new InvalidScenarioException("this is about the calls of '"
                + ValueFormat.shortened(name) + "', which makes none; say first which service it calls"));
        return new Service(name, replicas, work, admission, refuseRetries, Optional.of(change.apply(next)));
    }

    /** {@return the number of requests that all servers work on in a second} */
    public double capacity() {
        double worked = work.workers() * 1e9 / work.time().meanNanos();
        return replicas * Math.min(worked, admission.rateLimit().orElse(Double.POSITIVE_INFINITY));
    }
}
