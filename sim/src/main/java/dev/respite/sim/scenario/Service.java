package dev.respite.sim.scenario;

import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A service: one server or several, each with a queue and workers, and rules of admission. It works on a request even if
 * no caller waits for the answer any
 * more, as servers do.
 *
 * <p>It is immutable: each method returns another one. A new one has one server with one worker that takes 10 ms for each
 * request, and a
 * queue without a limit, first come, first served.
 */
public final class Service {

    /**
     * A number of workers, or a length of the queue, without a limit.
     */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private final String name;
    private final int replicas;
    private final Workers workers;
    private final Admission admission;
    private final Failures failures;
    private final Optional<Downstream> downstream;

    /**
     * The workers of a server.
     *
     * @param count how many work at a time
     * @param time how long one takes for a request
     * @param coldFactor how many times as long it takes after a start
     * @param cold how long that lasts
     */
    public record Workers(int count, Distribution time, double coldFactor, Duration cold) {}

    /**
     * The admission of requests, and their order.
     *
     * @param queue how many requests wait at most
     * @param discipline the order in which they are worked on
     * @param rateLimit how many are admitted in a second; empty if any number
     * @param burst how many are admitted at once
     * @param retryAfter the hint of a rejection
     * @param concurrencyLimit the limit to the requests that are in a server, waiting or worked on; empty if there is none
     */
    public record Admission(
            int queue,
            Discipline discipline,
            OptionalDouble rateLimit,
            int burst,
            Optional<Duration> retryAfter,
            Optional<ConcurrencyLimit> concurrencyLimit) {}

    /**
     * The random failures.
     *
     * @param fraction the fraction of requests, from 0 to 1
     * @param status the status that they get; empty if they get no response
     */
    public record Failures(double fraction, OptionalInt status) {}

    /**
     * A service that this one calls.
     *
     * @param to its name
     * @param timeout how long it waits for each attempt
     * @param balancer how each of its servers, or all together, distribute the attempts over the replicas of the other; empty
     *     if at
     *     random
     * @param policy the policy of these calls; empty if that of the run
     * @param sharedBudget whether its servers share one retry budget, instead of having one each
     */
    public record Downstream(
            String to,
            Optional<Duration> timeout,
            Optional<Balancer> balancer,
            Optional<RetryPolicy> policy,
            boolean sharedBudget) {}

    private Service(
            String name,
            int replicas,
            Workers workers,
            Admission door,
            Failures failures,
            Optional<Downstream> downstream) {
        this.name = name;
        this.replicas = replicas;
        this.workers = workers;
        this.admission = door;
        this.failures = failures;
        this.downstream = downstream;
    }

    /**
     * A service.
     *
     * @param name what loads, faults and other services call it
     * @return the service
     */
    public static Service named(String name) {
        return new Service(
                name,
                1,
                new Workers(1, Distribution.constant(Duration.ofMillis(10)), 1, Duration.ZERO),
                new Admission(
                        UNLIMITED, Discipline.FIFO, OptionalDouble.empty(), 1, Optional.empty(), Optional.empty()),
                new Failures(0, OptionalInt.of(500)),
                Optional.empty());
    }

    private Service with(Workers workers) {
        return new Service(name, replicas, workers, admission, failures, downstream);
    }

    private Service with(Admission door) {
        return new Service(name, replicas, workers, door, failures, downstream);
    }

    /**
     * Returns this service with another number of servers of the same kind. Each has its own queue, its own workers and its own
     * rate limit, and makes
     * its own calls with a budget of its own. Each attempt is sent to one of them, drawn at random.
     *
     * @param replicas 1 to 10,000
     * @return the service
     */
    public Service replicas(int replicas) {
        Checks.range("replicas", replicas, 1, 10_000);
        return new Service(name, replicas, workers, admission, failures, downstream);
    }

    /**
     * Returns this service with another number of requests that each server works on at a time.
     *
     * @param workers 1 to 1,000,000
     * @return the service
     */
    public Service workers(int workers) {
        Checks.range("workers", workers, 1, 1e6);
        return with(new Workers(workers, this.workers.time, this.workers.coldFactor, this.workers.cold));
    }

    /**
     * Returns this service with another time that a worker takes for a request.
     *
     * @param time the distribution
     * @return the service
     */
    public Service serviceTime(Distribution time) {
        return with(new Workers(workers.count, time, workers.coldFactor, workers.cold));
    }

    /**
     * Makes it slow after each start: at the beginning of the run and after it was down.
     *
     * @param factor how many times as long work takes at first, from 1 to 1000
     * @param lasting how long until it takes no longer than usual; the factor shrinks in a straight line
     * @return the service
     */
    public Service slowStart(double factor, Duration lasting) {
        Checks.range("slow-start", factor, 1, 1_000);
        Checks.positive("slow-start", lasting);
        return with(new Workers(workers.count, workers.time, factor, lasting));
    }

    /**
     * Returns this service with a limit to the requests that wait; any more are answered with a 503 at once.
     *
     * @param limit 0 or more
     * @return the service
     */
    public Service queue(int limit) {
        Checks.range("queue", limit, 0, UNLIMITED);
        return with(new Admission(
                limit,
                admission.discipline,
                admission.rateLimit,
                admission.burst,
                admission.retryAfter,
                admission.concurrencyLimit));
    }

    /**
     * Takes the newest of the waiting requests first, instead of the oldest.
     *
     * @return the service
     */
    public Service newestFirst() {
        return discipline(Discipline.LIFO);
    }

    /**
     * Returns this service with another order in which it works on the requests that wait.
     *
     * @param discipline such as {@link Discipline#LIFO}
     * @return the service
     */
    public Service discipline(Discipline discipline) {
        return with(new Admission(
                admission.queue,
                discipline,
                admission.rateLimit,
                admission.burst,
                admission.retryAfter,
                admission.concurrencyLimit));
    }

    /**
     * Limits the requests that are in each server, waiting or worked on; any more are answered with a 503 at once.
     *
     * @param limit the limit
     * @return the service
     */
    public Service concurrencyLimit(ConcurrencyLimit limit) {
        return with(new Admission(
                admission.queue,
                admission.discipline,
                admission.rateLimit,
                admission.burst,
                admission.retryAfter,
                Optional.of(limit)));
    }

    /**
     * Lets in so many requests a second, by a bucket of tokens; any more are answered with a 429 at once.
     *
     * @param rate requests a second
     * @param burst how many at once, at least 1
     * @return the service
     */
    public Service rateLimit(double rate, int burst) {
        Checks.range("rate-limit", rate, 0.001, 1e7);
        Checks.range("burst", burst, 1, 1e6);
        return with(new Admission(
                admission.queue,
                admission.discipline,
                OptionalDouble.of(rate),
                burst,
                admission.retryAfter,
                admission.concurrencyLimit));
    }

    /**
     * Returns this service with a hint in each 503 and 429 when to come back.
     *
     * @param hint the value of {@code Retry-After}
     * @return the service
     */
    public Service retryAfter(Duration hint) {
        Checks.time("retry-after", hint);
        return with(new Admission(
                admission.queue,
                admission.discipline,
                admission.rateLimit,
                admission.burst,
                Optional.of(hint),
                admission.concurrencyLimit));
    }

    /**
     * Answers a part of the requests with a failure, each by chance, after the work is done.
     *
     * @param fraction the part, from 0 to 1
     * @param status the status of the answer, 400 to 599
     * @return the service
     */
    public Service failures(double fraction, int status) {
        Checks.range("failures", fraction, 0, 1);
        Checks.range("status", status, 400, 599);
        return new Service(
                name, replicas, workers, admission, new Failures(fraction, OptionalInt.of(status)), downstream);
    }

    /** Fails for another part of the requests, as it does already or, if it does not, with a 500. */
    Service failures(double fraction) {
        boolean silent = failures.fraction() > 0 && failures.status().isEmpty();
        return silent
                ? silences(fraction)
                : failures(fraction, failures.status().orElse(500));
    }

    /**
     * Gives no answer to a part of the requests, each by chance, though the work is done.
     *
     * @param fraction the part, from 0 to 1
     * @return the service
     */
    public Service silences(double fraction) {
        Checks.range("failures", fraction, 0, 1);
        return new Service(name, replicas, workers, admission, new Failures(fraction, OptionalInt.empty()), downstream);
    }

    /**
     * Calls another service, under the policy of the run, after its own work and before it answers; the worker waits. What
     * that call gives up on is this service's failure, too.
     *
     * @param service the other service
     * @return the service
     */
    public Service calls(String service) {
        return calling(service, downstream.flatMap(Downstream::timeout));
    }

    /**
     * Limits the attempts of its own calls.
     *
     * @param service the service that it calls
     * @param timeout how long an attempt may take, unless the policy has a limit
     * @return the service
     */
    public Service calls(String service, Duration timeout) {
        Checks.positive("timeout", timeout);
        return calling(service, Optional.of(timeout));
    }

    private Service calling(String service, Optional<Duration> timeout) {
        return with(new Downstream(
                service,
                timeout,
                downstream.flatMap(Downstream::balancer),
                downstream.flatMap(Downstream::policy),
                downstream.filter(Downstream::sharedBudget).isPresent()));
    }

    /**
     * Distributes the attempts of its own calls over the replicas of the service that it calls.
     *
     * @param balancer the balancer, of each of its servers or of all
     * @return the service
     * @throws InvalidScenarioException if it calls no service
     */
    public Service balancer(Balancer balancer) {
        Downstream now = own();
        return with(new Downstream(now.to, now.timeout, Optional.of(balancer), now.policy, now.sharedBudget));
    }

    /**
     * Makes its own calls under a policy of their own, whatever the policy of the run is.
     *
     * @param policy the policy, also of the budgets of its servers
     * @return the service
     * @throws InvalidScenarioException if it calls no service
     */
    public Service policy(RetryPolicy policy) {
        Downstream now = own();
        return with(new Downstream(now.to, now.timeout, now.balancer, Optional.of(policy), now.sharedBudget));
    }

    /**
     * Has its servers share one retry budget for its own calls.
     *
     * @return the service
     * @throws InvalidScenarioException if it calls no service
     */
    public Service sharingBudget() {
        Downstream now = own();
        return with(new Downstream(now.to, now.timeout, now.balancer, now.policy, true));
    }

    private Downstream own() {
        return downstream.orElseThrow(() -> new InvalidScenarioException(
                "this is about the calls of '" + name + "', which makes none; say first which service it calls"));
    }

    private Service with(Downstream next) {
        return new Service(name, replicas, workers, admission, failures, Optional.of(next));
    }

    /**
     * The name.
     *
     * @return what loads, faults and other services call it
     */
    public String name() {
        return name;
    }

    /**
     * Returns how many requests all servers work on in a second.
     *
     * @return requests a second
     */
    public double capacity() {
        double worked = workers.count * 1e9 / workers.time.meanNanos();
        return replicas * Math.min(worked, admission.rateLimit.orElse(Double.POSITIVE_INFINITY));
    }

    /**
     * Returns how many servers it has.
     *
     * @return at least 1
     */
    public int replicas() {
        return replicas;
    }

    /**
     * Returns what works on requests.
     *
     * @return the workers of each server
     */
    public Workers workers() {
        return workers;
    }

    /**
     * Returns its admission.
     *
     * @return the queue, the order and the rate limit
     */
    public Admission admission() {
        return admission;
    }

    /**
     * Returns what fails by chance.
     *
     * @return the fraction and the status
     */
    public Failures failures() {
        return failures;
    }

    /**
     * Returns the service that it calls.
     *
     * @return the service, or empty if it calls none
     */
    public Optional<Downstream> downstream() {
        return downstream;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Service service && parts().equals(service.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    private List<Object> parts() {
        return List.of(name, replicas, workers, admission, failures, downstream);
    }
}
