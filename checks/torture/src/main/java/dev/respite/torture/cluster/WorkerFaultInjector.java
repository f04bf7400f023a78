package dev.respite.torture.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/** Injects faults into one worker, one after the other. Each one is undone before the next. */
final class WorkerFaultInjector {

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration STEP_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FREEZE = Duration.ofSeconds(6);
    private static final int MAX_INTERVAL_MILLIS = 1_000;
    private static final int MAX_EXTRA_PAUSE_MILLIS = 3_000;

    private final WorkerHandle worker;
    private final List<TcpProxy> proxies;
    private final KillTargets targets;
    private final FaultPlan plan;
    private final FaultCounts faults;
    private final ReadWriteLock exclusion;
    private final Random random;

    /**
     * Creates an injector.
     *
     * @param worker the worker
     * @param proxies the proxies between the worker and the stores
     * @param targets the steps of the next kills, shared by all injectors
     * @param plan the faults
     * @param faults counts the injected faults
     * @param exclusion the lock that is shared by all injectors; a fault that excludes others writes
     * @param random the source of randomness
     */
    WorkerFaultInjector(
            WorkerHandle worker,
            List<TcpProxy> proxies,
            KillTargets targets,
            FaultPlan plan,
            FaultCounts faults,
            ReadWriteLock exclusion,
            Random random) {
        this.worker = worker;
        this.proxies = proxies;
        this.targets = targets;
        this.plan = plan;
        this.faults = faults;
        this.exclusion = exclusion;
        this.random = random;
    }

    void injectUntil(RunDeadline deadline) throws IOException, InterruptedException {
        List<FaultKind> next = new ArrayList<>();
        while (!deadline.isOver()) {
            if (next.isEmpty()) {
                next.addAll(plan.cycle());
                Collections.shuffle(next, random);
            }
            // A worker that is starting gets no fault, since it might then never become ready.
            if (worker.isReadyWithin(deadline.atMost(READY_TIMEOUT))) {
                FaultKind fault = targets.hasPending() ? FaultKind.KILL_AT_STEP : next.remove(0);
                Lock lock = fault == FaultKind.FREEZE ? exclusion.writeLock() : exclusion.readLock();
                lock.lockInterruptibly();
                try {
                    inject(fault, deadline);
                } finally {
                    lock.unlock();
                }
            }
            pauseFor(deadline, random.nextInt(MAX_INTERVAL_MILLIS));
        }
    }

    private void inject(FaultKind fault, RunDeadline deadline) throws IOException, InterruptedException {
        TcpProxy proxy = any(proxies);
        switch (fault) {
            case KILL_AT_STEP -> killAtStep(deadline);
            case KILL_ANYTIME -> {
                kill();
                faults.add(FaultCounts.Category.KILL);
            }
            case PAUSE_AT_STEP -> pauseAt(any(plan.steps().pause()), deadline);
            case PAUSE_BEFORE_EFFECT -> pauseAt(plan.steps().beforeEffect(), deadline);
            case PAUSE_ANYTIME -> pause(deadline);
            case LOSE_COMMIT_RESPONSE -> atCommit(proxy.responses(), deadline, () -> resetSoon(proxy));
            case LOSE_COMMIT -> atCommit(proxy.requests(), deadline, () -> resetSoon(proxy));
            case DELAY_COMMIT_RESPONSE -> atCommit(proxy.responses(), deadline, () -> waitForTakeover(deadline));
            case RESET_STORE_CONNECTIONS -> {
                proxy.resetConnections();
                faults.add(FaultCounts.Category.CUT);
            }
            case RESET_CLIENT_CONNECTIONS -> {
                worker.resetConnections();
                faults.add(FaultCounts.Category.CUT);
            }
            case FREEZE -> freeze(proxy, deadline);
            case DEPLOY -> {
                worker.deployNext();
                faults.add(FaultCounts.Category.DEPLOYMENT);
            }
        }
    }

    /**
     * Kills the worker at a step. If no thread reaches the step in time, kills it wherever it is, unless the deadline is
     * over.
     */
    private void killAtStep(RunDeadline deadline) throws IOException, InterruptedException {
        Optional<Step> target = targets.take();
        boolean hit = target.isPresent() && worker.pausesAt(target.get(), deadline.atMost(STEP_TIMEOUT));
        if (hit) {
            faults.addKillAt(target.get());
        } else if (deadline.isOver()) {
            worker.resume();
            return;
        } else {
            faults.add(FaultCounts.Category.KILL);
        }
        kill();
        target.ifPresent(step -> targets.release(step, hit));
    }

    private void kill() throws IOException, InterruptedException {
        worker.kill();
        worker.restart();
    }

    private void pauseAt(Step step, RunDeadline deadline) throws InterruptedException {
        boolean unused = worker.pausesAt(step, deadline.atMost(STEP_TIMEOUT));
        pause(deadline);
        worker.resume();
    }

    /**
     * Pauses the process until others have taken over its unlocked work, and sometimes for longer than clients wait.
     */
    private void pause(RunDeadline deadline) throws InterruptedException {
        worker.send(Signal.STOP);
        pauseFor(deadline, plan.takeover().toMillis() * 3 / 2 + random.nextInt(MAX_EXTRA_PAUSE_MILLIS));
        worker.send(Signal.CONT);
        faults.add(FaultCounts.Category.PAUSE);
    }

    /** Kills the worker before a commit and keeps its connections to a store open, as if its host had vanished. */
    private void freeze(TcpProxy proxy, RunDeadline deadline) throws IOException, InterruptedException {
        boolean unused = worker.pausesAt(any(plan.steps().beforeCommit()), deadline.atMost(STEP_TIMEOUT));
        proxy.requests().acquireUninterruptibly();
        try {
            worker.kill();
            boolean isWhole = deadline.remaining().compareTo(FREEZE.multipliedBy(2)) > 0;
            pauseFor(deadline, FREEZE.toMillis());
            if (isWhole) {
                plan.whileFrozen().run();
            }
        } finally {
            proxy.requests().release();
        }
        worker.restart();
        faults.add(FaultCounts.Category.FREEZE);
    }

    /** Runs while a commit is in transit. */
    @FunctionalInterface
    private interface Action {
        void run() throws InterruptedException;
    }

    /** Pauses the worker before a commit, holds back one direction of a proxy to a store, and resumes the worker. */
    private void atCommit(Semaphore permit, RunDeadline deadline, Action action) throws InterruptedException {
        boolean unused = worker.pausesAt(any(plan.steps().beforeCommit()), deadline.atMost(STEP_TIMEOUT));
        permit.acquireUninterruptibly();
        worker.resume();
        action.run();
        permit.release();
        faults.add(FaultCounts.Category.CUT);
    }

    private void resetSoon(TcpProxy proxy) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(150));
        proxy.resetConnections();
    }

    /** Waits until others have taken over, and sometimes for longer than a driver does. */
    private void waitForTakeover(RunDeadline deadline) throws InterruptedException {
        pauseFor(deadline, plan.takeover().toMillis() + random.nextInt(2_000));
    }

    private static void pauseFor(RunDeadline deadline, long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(deadline.atMost(Duration.ofMillis(millis)).toMillis());
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
