package dev.respite.torture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Does evil to each worker and to the stores, at the same time, until the time is over; then all is put right. */
final class Tormentor {

    private static final int FIRST_RESTART_MILLIS = 5_000;
    private static final int BETWEEN_RESTARTS_MILLIS = 5_000;

    /** So long before the end none is begun, since it would end after it. */
    private static final int LAST_RESTART_MILLIS = 2_000;

    private final List<Node> nodes;
    private final List<Store> stores;
    private final Plan plan;
    private final Damage damage;

    /**
     * A store and how workers come by it.
     *
     * @param server the store
     * @param relays what leads to it, one for each worker
     */
    record Store(Server server, List<Relay> relays) {}

    Tormentor(List<Node> nodes, List<Store> stores, Plan plan, Damage damage) {
        this.nodes = nodes;
        this.stores = stores;
        this.plan = plan;
        this.damage = damage;
    }

    void torment(Deadline deadline) throws IOException, InterruptedException {
        long seed = plan.seed();
        Targets targets = new Targets(shuffled(List.of(Step.values()), new Random(seed)), plan.killedFirst());
        List<Callable<Void>> torments = new ArrayList<>();
        for (int victim = 0; victim < nodes.size(); victim++) {
            int at = victim;
            List<Relay> ways =
                    stores.stream().map(store -> store.relays().get(at)).toList();
            Torment torment =
                    new Torment(nodes.get(at), ways, targets, plan.round(), damage, new Random(seed + 1 + at));
            torments.add(() -> {
                torment.last(deadline);
                return null;
            });
        }
        torments.add(() -> {
            restartStores(deadline, new Random(seed));
            return null;
        });
        ExecutorService threads = Executors.newFixedThreadPool(torments.size(), Daemons.named("tormentor"));
        try {
            for (Future<Void> ended : threads.invokeAll(torments)) {
                Void unused = ended.get();
            }
        } catch (ExecutionException failure) {
            throw new IOException("the torment itself has failed", failure.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void restartStores(Deadline deadline, Random dice) throws IOException, InterruptedException {
        int wait = FIRST_RESTART_MILLIS;
        while (deadline.left().toMillis() > wait + LAST_RESTART_MILLIS) {
            TimeUnit.MILLISECONDS.sleep(wait);
            restart(stores.get(dice.nextInt(stores.size())));
            wait = BETWEEN_RESTARTS_MILLIS + dice.nextInt(BETWEEN_RESTARTS_MILLIS);
        }
    }

    private void restart(Store store) throws IOException, InterruptedException {
        for (Relay relay : store.relays()) {
            relay.leadNowhere();
        }
        store.server().stop();
        store.server().startAgain();
        for (Relay relay : store.relays()) {
            relay.leadTo(store.server().port());
        }
        damage.add(Damage.Kind.STORE_RESTART);
    }

    static <T> List<T> shuffled(List<T> all, Random dice) {
        List<T> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, dice);
        return shuffled;
    }
}
