package dev.respite.sim;

import dev.respite.sim.SimulationEvent.CallEvent.Kind;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's request: a stage for the driver that waits, and a parcel for the network and the service. It is its own
 * task at each step of its way, so that it needs one object.
 */
final class SimulatedRequest extends CompletableFuture<Object> implements TimeSource.Task {

    private final NetworkLink wire;
    private final SimulatedServer server;

    /** The number of the attempt that the server reads, from 1. */
    private final int attempt;

    private Step next = Step.ARRIVE;
    private @Nullable Throwable failure;
    private @Nullable Future<?> alarm;

    /** Runs a task in the context of the attempt, so that layers of retries know of each other. */
    private final InContext context;

    private final Ending ending;

    private long call;
    private long arrived;
    private long work;
    private int life;

    private enum Step {
        ARRIVE,
        FINISH,
        RESPOND,
        REJECTION
    }

    /** Runs a task where the attempt began. */
    @FunctionalInterface
    interface InContext {
        /** There is nothing to know. */
        InContext NONE = Runnable::run;

        void run(Runnable task);
    }

    /** Receives the end of a request for its caller; it runs before the caller goes on. */
    @FunctionalInterface
    interface Ending {
        Ending UNOBSERVED = result -> {};

        void endsWith(Kind result);
    }

    SimulatedRequest(NetworkLink wire, SimulatedServer server, int attempt, InContext context, Ending ending) {
        this.wire = wire;
        this.server = server;
        this.attempt = attempt;
        this.context = context;
        this.ending = ending;
    }

    /** This request as one of a call with this number; 0 where the run has no listener. */
    SimulatedRequest ofCall(long call) {
        this.call = call;
        return this;
    }

    long callNumber() {
        return call;
    }

    void send() {
        wire.carry(this);
    }

    /** Gives up waiting for the answer after a time; the request goes on its way all the same. */
    void endIn(TimeSource time, Duration limit) {
        alarm = time.schedule(this::timeOut, limit.toNanos());
    }

    private void timeOut() {
        publishEnd(Kind.TIMED_OUT);
        completeExceptionally(new TimedOutException());
    }

    private void publishEnd(Kind result) {
        if (!isDone()) {
            ending.endsWith(result);
        }
    }

    /** Another attempt of a hedged call has ended it. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        publishEnd(Kind.CANCELLED);
        return super.cancel(mayInterruptIfRunning);
    }

    /** So much work is begun on it; it comes back when that ends. */
    void workFor(long nanos, int life) {
        this.work = nanos;
        this.life = life;
        this.next = Step.FINISH;
    }

    /** Sends the answer back, or a failure. */
    void respond(@Nullable Throwable failure) {
        this.failure = failure;
        this.next = Step.RESPOND;
        wire.carry(this);
    }

    /** Sends a failure back, without any work. */
    void reject(Throwable failure) {
        this.failure = failure;
        this.next = Step.REJECTION;
        wire.carry(this);
    }

    @Override
    public void run() {
        switch (next) {
            case ARRIVE -> server.arrive(this);
            case FINISH -> server.finish(this);
            case RESPOND -> deliver(failure == null ? Kind.SERVED : Kind.FAILED);
            case REJECTION -> deliver(Kind.REJECTED);
        }
    }

    private void deliver(Kind result) {
        if (alarm != null) {
            alarm.cancel(false);
        }
        publishEnd(result);
        if (failure == null) {
            complete("ok");
        } else {
            completeExceptionally(failure);
        }
    }

    int attempt() {
        return attempt;
    }

    InContext context() {
        return context;
    }

    /** It is admitted now. */
    void arrived(long now) {
        arrived = now;
    }

    long arrived() {
        return arrived;
    }

    long work() {
        return work;
    }

    int life() {
        return life;
    }

    /** Returns whether its caller no longer waits for the answer. */
    boolean isAbandoned() {
        return isDone();
    }
}
