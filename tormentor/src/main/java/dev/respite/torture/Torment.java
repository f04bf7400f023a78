package dev.respite.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one worker has to bear: one deed after the other, as the dice have it, each put right before the next. */
final class Torment {

    private static final Duration UP_PATIENCE = Duration.ofSeconds(3);
    private static final Duration STEP_PATIENCE = Duration.ofSeconds(4);
    private static final int MOST_BREATH_MILLIS = 2_000;
    private static final int MOST_SLEEP_MILLIS = 3_000;

    private final Node node;
    private final List<Relay> ways;
    private final BlockingQueue<Step> steps;
    private final Damage damage;
    private final Random dice;

    /** What can be done. */
    private enum Deed {
        KILL_AT_STEP,
        KILL_SOMEWHERE,
        PAUSE_AT_STEP,
        PAUSE_SOMEWHERE,
        LOSE_ANSWER_OF_COMMIT,
        LOSE_COMMIT,
        DELAY_ANSWER_OF_COMMIT,
        CUT_STORE,
        CUT_CLIENTS
    }

    /** Each as often as it stands here, shuffled, over and over: so that a short time has something of everything. */
    private static final List<Deed> ROUND = List.of(
            Deed.KILL_AT_STEP,
            Deed.KILL_AT_STEP,
            Deed.KILL_AT_STEP,
            Deed.KILL_AT_STEP,
            Deed.KILL_SOMEWHERE,
            Deed.PAUSE_AT_STEP,
            Deed.PAUSE_SOMEWHERE,
            Deed.LOSE_ANSWER_OF_COMMIT,
            Deed.LOSE_COMMIT,
            Deed.DELAY_ANSWER_OF_COMMIT,
            Deed.CUT_STORE,
            Deed.CUT_CLIENTS);

    private static final List<Step> SLEEPY =
            List.of(Step.AFTER_CLAIM, Step.BEFORE_EFFECT, Step.AFTER_DEBIT, Step.BEFORE_COMMIT, Step.AFTER_COMMIT);

    /**
     * A torment.
     *
     * @param node the worker
     * @param ways its ways to the stores
     * @param steps where workers are to be killed next; shared with the other torments
     * @param damage what is counted
     * @param dice what decides
     */
    Torment(Node node, List<Relay> ways, BlockingQueue<Step> steps, Damage damage, Random dice) {
        this.node = node;
        this.ways = ways;
        this.steps = steps;
        this.damage = damage;
        this.dice = dice;
    }

    void last(Deadline deadline) throws IOException, InterruptedException {
        Deque<Deed> round = new ArrayDeque<>();
        while (!deadline.isOver()) {
            if (round.isEmpty()) {
                round.addAll(Tormentor.shuffled(ROUND, dice));
            }
            // What is still getting up cannot be hurt; it would only never get up.
            if (node.isUpWithin(UP_PATIENCE)) {
                perform(round.pop());
            }
            TimeUnit.MILLISECONDS.sleep(dice.nextInt(MOST_BREATH_MILLIS));
        }
    }

    private void perform(Deed deed) throws IOException, InterruptedException {
        Relay way = any(ways);
        switch (deed) {
            case KILL_AT_STEP -> killAtStep();
            case KILL_SOMEWHERE -> {
                kill();
                damage.add(Damage.Kind.KILL);
            }
            case PAUSE_AT_STEP -> {
                boolean unused = node.stopsAt(any(SLEEPY), STEP_PATIENCE);
                pause();
                node.go();
            }
            case PAUSE_SOMEWHERE -> pause();
            case LOSE_ANSWER_OF_COMMIT -> atCommit(way.answers(), () -> cutSoon(way));
            case LOSE_COMMIT -> atCommit(way.requests(), () -> cutSoon(way));
            case DELAY_ANSWER_OF_COMMIT -> atCommit(way.answers(), this::waitLong);
            case CUT_STORE -> {
                way.cut();
                damage.add(Damage.Kind.CUT);
            }
            case CUT_CLIENTS -> {
                node.cut();
                damage.add(Damage.Kind.CUT);
            }
        }
    }

    /** Each of the steps once before any comes again. Where nobody comes by in time, it is a kill somewhere. */
    private void killAtStep() throws IOException, InterruptedException {
        @Nullable Step step = steps.poll();
        if (step != null && node.stopsAt(step, STEP_PATIENCE)) {
            damage.addKillAt(step);
        } else {
            damage.add(Damage.Kind.KILL);
        }
        kill();
        if (step != null) {
            steps.add(step);
        }
    }

    private void kill() throws IOException, InterruptedException {
        node.kill();
        node.startAgain();
    }

    /** Longer than the lease, and at times longer than clients wait: others take over meanwhile what is not locked. */
    private void pause() throws InterruptedException {
        node.send(Signals.STOP);
        TimeUnit.MILLISECONDS.sleep(Worker.LEASE.toMillis() * 3 / 2 + dice.nextInt(MOST_SLEEP_MILLIS));
        node.send(Signals.CONT);
        damage.add(Damage.Kind.PAUSE);
    }

    /** What happens while a commit is on its way. */
    @FunctionalInterface
    private interface Meanwhile {
        void happens() throws InterruptedException;
    }

    /** Lets the worker come as far as a commit, shuts one direction of one way to a store, and lets it commit. */
    private void atCommit(Sluice sluice, Meanwhile meanwhile) throws InterruptedException {
        boolean unused = node.stopsAt(Step.BEFORE_COMMIT, STEP_PATIENCE);
        sluice.shut();
        node.go();
        meanwhile.happens();
        sluice.open();
        damage.add(Damage.Kind.CUT);
    }

    private void cutSoon(Relay relay) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(20 + dice.nextInt(150));
        relay.cut();
    }

    /** Longer than the lease, and at times longer than a driver waits. */
    private void waitLong() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(Worker.LEASE.toMillis() + dice.nextInt(2_000));
    }

    private <T> T any(List<T> some) {
        return some.get(dice.nextInt(some.size()));
    }
}
