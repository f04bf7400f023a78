package dev.respite.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Does one evil thing after the other, as the dice have it, and puts right what it has done before the next. */
final class Tormentor {

    private static final Duration STEP_PATIENCE = Duration.ofMillis(700);
    private static final int MOST_BREATH_MILLIS = 400;

    private final List<Node> nodes;
    private final List<Store> stores;
    private final Damage damage;
    private final Random dice;
    private final List<Step> steps = new ArrayList<>();

    /**
     * A store and how workers come by it.
     *
     * @param server the store
     * @param relays what leads to it, one for each worker
     */
    record Store(Server server, List<Relay> relays) {}

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
        CUT_CLIENTS,
        RESTART_STORE
    }

    /** Each as often as it stands here, shuffled, over and over: so that a short time has something of everything. */
    private static final List<Deed> ROUND = List.of(
            Deed.KILL_AT_STEP,
            Deed.KILL_AT_STEP,
            Deed.KILL_AT_STEP,
            Deed.KILL_AT_STEP,
            Deed.KILL_AT_STEP,
            Deed.KILL_AT_STEP,
            Deed.KILL_SOMEWHERE,
            Deed.KILL_SOMEWHERE,
            Deed.PAUSE_AT_STEP,
            Deed.PAUSE_AT_STEP,
            Deed.PAUSE_SOMEWHERE,
            Deed.LOSE_ANSWER_OF_COMMIT,
            Deed.LOSE_ANSWER_OF_COMMIT,
            Deed.LOSE_COMMIT,
            Deed.DELAY_ANSWER_OF_COMMIT,
            Deed.CUT_STORE,
            Deed.CUT_CLIENTS,
            Deed.RESTART_STORE);

    Tormentor(List<Node> nodes, List<Store> stores, Damage damage, Random dice) {
        this.nodes = nodes;
        this.stores = stores;
        this.damage = damage;
        this.dice = dice;
    }

    void torment(Deadline deadline) throws IOException, InterruptedException {
        List<Deed> round = new ArrayList<>();
        while (!deadline.isOver()) {
            if (round.isEmpty()) {
                round.addAll(ROUND);
                Collections.shuffle(round, dice);
            }
            perform(round.remove(round.size() - 1));
            TimeUnit.MILLISECONDS.sleep(dice.nextInt(MOST_BREATH_MILLIS));
        }
    }

    private void perform(Deed deed) throws IOException, InterruptedException {
        int victim = victim();
        Node node = nodes.get(victim);
        Store store = stores.get(dice.nextInt(stores.size()));
        Relay back = store.relays().get(victim);
        switch (deed) {
            case KILL_AT_STEP -> killAt(node, nextStep());
            case KILL_SOMEWHERE -> {
                kill(node);
                damage.add(Damage.Kind.KILL);
            }
            case PAUSE_AT_STEP -> {
                Step step = List.of(Step.AFTER_CLAIM, Step.BEFORE_EFFECT, Step.AFTER_DEBIT, Step.BEFORE_COMMIT)
                        .get(dice.nextInt(4));
                boolean unused = node.stopsAt(step, STEP_PATIENCE);
                pause(node);
                node.go();
                damage.add(Damage.Kind.PAUSE);
            }
            case PAUSE_SOMEWHERE -> {
                pause(node);
                damage.add(Damage.Kind.PAUSE);
            }
            case LOSE_ANSWER_OF_COMMIT -> atCommit(node, back.answers(), () -> cutSoon(back));
            case LOSE_COMMIT -> atCommit(node, back.requests(), () -> cutSoon(back));
            case DELAY_ANSWER_OF_COMMIT ->
                atCommit(
                        node,
                        back.answers(),
                        () -> TimeUnit.MILLISECONDS.sleep(Worker.LEASE.toMillis() + dice.nextInt(2_000)));
            case CUT_STORE -> {
                back.cut();
                damage.add(Damage.Kind.CUT);
            }
            case CUT_CLIENTS -> {
                node.cut();
                damage.add(Damage.Kind.CUT);
            }
            case RESTART_STORE -> restart(store);
        }
    }

    /** One that is up, if there is one. */
    private int victim() {
        int first = dice.nextInt(nodes.size());
        for (int next = 0; next < nodes.size(); next++) {
            int at = (first + next) % nodes.size();
            if (nodes.get(at).isUp()) {
                return at;
            }
        }
        return first;
    }

    /** Each of the steps once, in some order, before any comes again. */
    private Step nextStep() {
        if (steps.isEmpty()) {
            steps.addAll(List.of(Step.values()));
            Collections.shuffle(steps, dice);
        }
        return steps.remove(steps.size() - 1);
    }

    private void killAt(Node node, Step step) throws IOException, InterruptedException {
        boolean there = node.stopsAt(step, STEP_PATIENCE);
        kill(node);
        if (there) {
            damage.addKillAt(step);
        } else {
            // The worker was not up, or nobody came by: a kill all the same, and the step is due again.
            damage.add(Damage.Kind.KILL);
            steps.add(0, step);
        }
    }

    private static void kill(Node node) throws IOException, InterruptedException {
        node.kill();
        node.startAgain();
    }

    /** Longer than the lease: others take over meanwhile what is not locked. */
    private void pause(Node node) throws InterruptedException {
        node.send(Signals.STOP);
        TimeUnit.MILLISECONDS.sleep(Worker.LEASE.toMillis() * 3 / 2 + dice.nextInt(700));
        node.send(Signals.CONT);
    }

    /** What happens while a commit is on its way. */
    @FunctionalInterface
    private interface Meanwhile {
        void happens() throws InterruptedException;
    }

    /** Lets a worker come as far as a commit, shuts one direction of its connection to the store, and lets it commit. */
    private void atCommit(Node node, Sluice sluice, Meanwhile meanwhile) throws InterruptedException {
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

    private void restart(Store store) throws IOException, InterruptedException {
        for (Relay relay : store.relays()) {
            relay.leadNowhere();
        }
        store.server().kill();
        store.server().startAgain();
        for (Relay relay : store.relays()) {
            relay.leadTo(store.server().port());
        }
        damage.add(Damage.Kind.STORE_RESTART);
    }
}
