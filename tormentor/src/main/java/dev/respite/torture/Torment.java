package dev.respite.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What one worker has to bear: one deed after the other, as the dice have it, each put right before the next. */
final class Torment {

    private static final Duration UP_PATIENCE = Duration.ofSeconds(3);
    private static final Duration STEP_PATIENCE = Duration.ofSeconds(5);
    private static final int MOST_BREATH_MILLIS = 1_000;
    private static final int MOST_SLEEP_MILLIS = 3_000;

    private static final List<Step> SLEEPY =
            List.of(Step.AFTER_CLAIM, Step.BEFORE_EFFECT, Step.AFTER_DEBIT, Step.BEFORE_COMMIT, Step.AFTER_COMMIT);

    private final Node node;
    private final List<Relay> ways;
    private final Targets targets;
    private final List<Deed> round;
    private final Damage damage;
    private final Random dice;

    /**
     * A torment.
     *
     * @param node the worker
     * @param ways its ways to the stores
     * @param targets where workers are to be killed next; shared with the other torments
     * @param round what is done to it in one round
     * @param damage what is counted
     * @param dice what decides
     */
    Torment(Node node, List<Relay> ways, Targets targets, List<Deed> round, Damage damage, Random dice) {
        this.node = node;
        this.ways = ways;
        this.targets = targets;
        this.round = round;
        this.damage = damage;
        this.dice = dice;
    }

    void last(Deadline deadline) throws IOException, InterruptedException {
        Deque<Deed> next = new ArrayDeque<>();
        while (!deadline.isOver()) {
            if (next.isEmpty()) {
                next.addAll(Tormentor.shuffled(round, dice));
            }
            // What is still getting up cannot be hurt; it would only never get up.
            if (node.isUpWithin(deadline.atMost(UP_PATIENCE))) {
                perform(targets.isAnyUrgent() ? Deed.KILL_AT_STEP : next.pop(), deadline);
            }
            rest(deadline, dice.nextInt(MOST_BREATH_MILLIS));
        }
    }

    private void perform(Deed deed, Deadline deadline) throws IOException, InterruptedException {
        Relay way = any(ways);
        switch (deed) {
            case KILL_AT_STEP -> killAtStep(deadline);
            case KILL_SOMEWHERE -> {
                kill();
                damage.add(Damage.Kind.KILL);
            }
            case PAUSE_AT_STEP -> pauseAt(any(SLEEPY), deadline);
            case PAUSE_AFTER_CLAIM -> pauseAt(Step.AFTER_CLAIM, deadline);
            case PAUSE_SOMEWHERE -> pause(deadline);
            case LOSE_ANSWER_OF_COMMIT -> atCommit(way.answers(), deadline, () -> cutSoon(way));
            case LOSE_COMMIT -> atCommit(way.requests(), deadline, () -> cutSoon(way));
            case DELAY_ANSWER_OF_COMMIT -> atCommit(way.answers(), deadline, () -> waitLong(deadline));
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

    /** Where nobody comes by in time, it is a kill somewhere; and none if all the time is over. */
    private void killAtStep(Deadline deadline) throws IOException, InterruptedException {
        Optional<Step> target = targets.take();
        boolean hit = target.isPresent() && node.stopsAt(target.get(), deadline.atMost(STEP_PATIENCE));
        if (hit) {
            damage.addKillAt(target.get());
        } else if (deadline.isOver()) {
            node.go();
            return;
        } else {
            damage.add(Damage.Kind.KILL);
        }
        kill();
        target.ifPresent(step -> targets.giveBack(step, hit));
    }

    private void kill() throws IOException, InterruptedException {
        node.kill();
        node.startAgain();
    }

    private void pauseAt(Step step, Deadline deadline) throws InterruptedException {
        boolean unused = node.stopsAt(step, deadline.atMost(STEP_PATIENCE));
        pause(deadline);
        node.go();
    }

    /** Longer than the lease, and at times longer than clients wait: others take over meanwhile what is not locked. */
    private void pause(Deadline deadline) throws InterruptedException {
        node.send(Signals.STOP);
        rest(deadline, Worker.LEASE.toMillis() * 3 / 2 + dice.nextInt(MOST_SLEEP_MILLIS));
        node.send(Signals.CONT);
        damage.add(Damage.Kind.PAUSE);
    }

    /** What happens while a commit is on its way. */
    @FunctionalInterface
    private interface Meanwhile {
        void happens() throws InterruptedException;
    }

    /** Lets the worker come as far as a commit, shuts one direction of one way to a store, and lets it commit. */
    private void atCommit(Sluice sluice, Deadline deadline, Meanwhile meanwhile) throws InterruptedException {
        boolean unused = node.stopsAt(Step.BEFORE_COMMIT, deadline.atMost(STEP_PATIENCE));
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
    private void waitLong(Deadline deadline) throws InterruptedException {
        rest(deadline, Worker.LEASE.toMillis() + dice.nextInt(2_000));
    }

    private static void rest(Deadline deadline, long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(deadline.atMost(Duration.ofMillis(millis)).toMillis());
    }

    private <T> T any(List<T> some) {
        return some.get(dice.nextInt(some.size()));
    }
}
