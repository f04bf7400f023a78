package dev.respite.sim;

import dev.respite.admission.RetryAdmission;
import dev.respite.sim.scenario.Admission;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Fault.Kind;
import dev.respite.sim.scenario.Service;
import dev.respite.sim.scenario.Work;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One server of a service that runs: its queue, its workers, and its present faults. */
final class SimulatedServer {

    /** The number of checks whether one more worker may begin, while workers come back. */
    private static final int RAMP_STEPS = 50;

    /** Refusals take the hints from 1 s to so many seconds in turn. */
    private static final int MAX_RETRY_AFTER_SECONDS = 3;

    private final Service service;
    private final int number;
    private final List<Fault> faults;

    /** The pauses, in the order in which they begin. */
    private final List<Fault> pauses;

    private final SimTime time;
    private final SeededRandom times;
    private final SeededRandom mishaps;
    private final ArrayDeque<SimulatedRequest> queue = new ArrayDeque<>();
    private final Occupancy occupancy = new Occupancy();
    private final RequestLog requests;
    private final @Nullable RateLimiter limiter;
    private final @Nullable RetryAdmission retries;
    private @Nullable ClientPool downstream;

    private int busy;

    /** Counts the times that it went down: what belongs to a former life is lost. */
    private int life;

    private long refusals;
    private long bornAt;
    private long wastedNanos;

    /**
     * A server.
     *
     * @param number which of the service's replicas it is, from 1
     * @param requests where those that come are counted and published
     */
    SimulatedServer(Service service, int number, List<Fault> faults, SimTime time, long seed, RequestLog requests) {
        this.service = service;
        this.number = number;
        this.faults = faults.stream()
                .filter(fault -> fault.isFor(service.name(), number))
                .toList();
        this.pauses = this.faults.stream()
                .filter(fault -> fault.kind() == Kind.PAUSE)
                .sorted(Comparator.comparingLong(Fault::startNanos))
                .toList();
        this.time = time;
        this.requests = requests;
        String name = number == 1 ? service.name() : service.name() + " replica " + number;
        this.times = new SeededRandom(seed, name + " times");
        this.mishaps = new SeededRandom(seed, name + " mishaps");
        Admission admission = service.admission();
        this.limiter = admission.rateLimit().isPresent()
                ? new RateLimiter(admission.rateLimit().getAsDouble(), admission.burst())
                : null;
        this.retries = service.refuseRetries()
                .map(queueLimit -> RetryAdmission.defaults().withQueueLimit(queueLimit))
                .orElse(null);
        this.faults.forEach(this::plan);
    }

    /** It calls another service before it answers. */
    void callsThrough(ClientPool fleet) {
        downstream = fleet;
    }

    private void plan(Fault fault) {
        if (fault.kind() == Kind.DOWN || fault.kind() == Kind.REFUSE) {
            time.at(fault.startNanos(), this::loseAll);
            time.at(fault.endNanos(), () -> bornAt = time.nanoTime());
        } else if (fault.kind() == Kind.PAUSE || fault.kind() == Kind.CAPACITY) {
            long ramp = fault.ramp().toNanos();
            for (int step = 0; step <= RAMP_STEPS; step++) {
                time.at(fault.endNanos() + ramp * step / RAMP_STEPS, this::work);
            }
        }
    }

    private void loseAll() {
        life++;
        busy = 0;
        queue.clear();
        occupancy.clear(time.nanoTime());
        bornAt = time.nanoTime();
    }

    void arrive(SimulatedRequest request) {
        long now = time.nanoTime();
        requests.arrived(now, number, request.callNumber(), request.attempt());
        if (mishaps.hits(severity(Kind.DOWN, now))) {
            return;
        }
        if (mishaps.hits(severity(Kind.REFUSE, now))) {
            request.reject(new RefusedException());
        } else if (mishaps.hits(severity(Kind.FAIL_FAST, now))) {
            request.reject(new ServiceErrorException(500, Optional.empty()));
        } else if (mishaps.hits(severity(Kind.THROTTLE, now))) {
            request.reject(new ServiceErrorException(429, service.admission().retryAfter()));
        } else if (limiter != null && !limiter.tryAcquire(now)) {
            request.reject(new ServiceErrorException(429, service.admission().retryAfter()));
        } else if (queue.size() >= service.admission().queue() && !isFree(now)) {
            request.reject(new ServiceErrorException(503, service.admission().retryAfter()));
        } else {
            request.arrived(now);
            occupancy.enter(now);
            queue.addLast(request);
            work();
        }
    }

    /** Begins as much of what waits as there are workers for. */
    private void work() {
        long now = time.nanoTime();
        while (queue.size() > 0 && isFree(now)) {
            SimulatedRequest next = queue.removeFirst();
            if (retries == null || retries.admits(next.attempt(), OptionalLong.of(waited(next, now)), busy + 1)) {
                begin(next, now);
            } else {
                refuse(next, now);
            }
        }
    }

    /** The time that a request has waited for a worker. A paused server does not read it before the end of the pause. */
    private long waited(SimulatedRequest request, long now) {
        long read = request.arrived();
        for (Fault pause : pauses) {
            if (read >= pause.startNanos()) {
                read = Math.max(read, pause.endNanos());
            }
        }
        return now - read;
    }

    private void begin(SimulatedRequest request, long now) {
        busy++;
        long nanos = Math.round(service.work().time().draw(times) * slowness(now));
        request.workFor(nanos, life);
        time.after(held(nanos), request);
    }

    private void refuse(SimulatedRequest request, long now) {
        occupancy.leave(request.arrived(), now);
        Duration hint = Duration.ofSeconds(1 + refusals++ % MAX_RETRY_AFTER_SECONDS);
        request.reject(ServiceErrorException.refusal(hint));
    }

    void finish(SimulatedRequest request) {
        if (request.life() != life) {
            return;
        }
        if (downstream == null) {
            release(request, null);
        } else {
            ClientPool next = downstream;
            request.context().run(() -> next.call(0, request.callNumber(), failure -> respond(request, failure)));
        }
    }

    /** The service that it calls has answered; during a pause that has no effect. */
    private void respond(SimulatedRequest request, @Nullable Throwable failure) {
        long pause = held(0);
        if (request.life() != life) {
            return;
        }
        if (pause > 0) {
            time.after(pause, () -> respond(request, failure));
        } else {
            release(request, failure);
        }
    }

    /** Returns the time until work ends that begins now, with the pauses that interrupt it. */
    private long held(long work) {
        long start = time.nanoTime();
        long at = start;
        long left = work;
        for (Fault pause : pauses) {
            if (at + left < pause.startNanos()) {
                break;
            }
            if (at < pause.endNanos()) {
                left -= Math.max(0, pause.startNanos() - at);
                at = pause.endNanos();
            }
        }
        return at + left - start;
    }

    private void release(SimulatedRequest request, @Nullable Throwable failure) {
        long now = time.nanoTime();
        busy--;
        occupancy.leave(request.arrived(), now);
        requests.finished(now, number, request.callNumber(), request.attempt(), request.work(), request.isAbandoned());
        if (request.isAbandoned()) {
            wastedNanos += request.work();
        }
        work();
        if (failure != null) {
            request.respond(failure instanceof ServiceErrorException error ? error.passedOn() : failure);
        } else if (mishaps.hits(severity(Kind.ERRORS, now))) {
            request.respond(new ServiceErrorException(500, Optional.empty()));
        } else if (!mishaps.hits(service.work().failureRatio())) {
            request.respond(null);
        } else {
            OptionalInt status = service.work().failureStatus();
            if (status.isPresent()) {
                request.respond(new ServiceErrorException(status.getAsInt(), Optional.empty()));
            }
        }
    }

    private boolean isFree(long now) {
        return busy < service.work().workers() && busy < working(now) && held(0) == 0;
    }

    private int working(long now) {
        double fraction = 1;
        for (Fault fault : faults) {
            if (fault.kind() == Kind.CAPACITY) {
                fraction *= 1 - (1 - fault.degree()) * fault.severity(now);
            }
        }
        return (int) Math.floor(service.work().workers() * fraction + 1e-9);
    }

    private double slowness(long now) {
        Work work = service.work();
        long cold = work.cold().toNanos();
        long age = now - bornAt;
        double factor = age < cold ? 1 + (work.coldFactor() - 1) * (1 - age / (double) cold) : 1;
        for (Fault fault : faults) {
            if (fault.kind() == Kind.SLOW) {
                factor *= 1 + (fault.degree() - 1) * fault.severity(now);
            }
        }
        return factor;
    }

    private double severity(Kind kind, long now) {
        double worst = 0;
        for (Fault fault : faults) {
            if (fault.kind() == kind) {
                worst = Math.max(worst, fault.degree() * fault.severity(now));
            }
        }
        return worst;
    }

    int queueLength() {
        return queue.size();
    }

    void check() {
        occupancy.check(service.name(), queue.size() + busy);
    }

    Occupancy occupancy() {
        return occupancy;
    }

    long wastedNanos() {
        return wastedNanos;
    }
}
