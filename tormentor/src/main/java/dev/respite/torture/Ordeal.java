package dev.respite.torture;

import dev.respite.torture.Bank.Books;
import dev.respite.torture.StoreKind.Stores;
import dev.respite.torture.Tormentor.Store;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One run: stores, workers, load and torment, and the reckoning. */
final class Ordeal implements Closeable {

    private static final int WORKERS = 3;
    private static final Duration START_AT_MOST = Duration.ofSeconds(30);

    /** All that is not load: what the start does not take of it is left for the end. */
    private static final Duration AROUND_LOAD = Duration.ofSeconds(25);

    private static final Duration DRAIN_AT_LEAST = Duration.ofSeconds(5);
    private static final Duration LATE = Duration.ofSeconds(3);
    private static final Duration RECKONING = Duration.ofSeconds(5);
    private static final long PROGRESS_MILLIS = 5_000;

    private final Path home;
    private final PrintStream progress;
    private final Deque<Closeable> open = new ArrayDeque<>();
    private final Damage damage = new Damage();

    /**
     * A run to be.
     *
     * @param home a directory for all that is written
     * @param progress where is told how it goes
     */
    Ordeal(Path home, PrintStream progress) {
        this.home = home;
        this.progress = progress;
    }

    /** What came of it. */
    record Outcome(Verdict verdict, Damage damage) {}

    Outcome run(Plan plan) throws IOException, InterruptedException, SQLException {
        Deadline end = Deadline.in(plan.time().plus(AROUND_LOAD));
        Stores stores = plan.store().start(home, plan.installed());
        stores.all().forEach(open::push);
        Books before = openBank(stores);
        List<Store> tormented = relayed(stores);
        List<Node> nodes = workers(plan, tormented);

        Clients clients =
                new Clients(nodes.stream().map(Node::uri).toList(), plan.mode().unknownIsFinal());
        Load load = new Load(clients, plan);
        Deadline underLoad = Deadline.in(plan.time());
        Deadline drain = end.earlier(RECKONING.plus(LATE)).orAtLeast(underLoad.later(DRAIN_AT_LEAST));
        load.begin(underLoad, drain);
        tellProgress(load, underLoad);
        new Tormentor(nodes, tormented, plan, damage).torment(underLoad);
        if (!load.isDrained(drain)) {
            progress.println("torture: some transfers had no definite answer in time");
        }
        // Before anybody asks again: that would run what was acknowledged and is not there, as if nothing had been
        // said.
        Set<Integer> missing = missing(stores.bank(), load.fates());
        load.askAgain(LATE);

        for (Node node : nodes) {
            node.kill();
        }
        // What was acknowledged must outlive this too. It also ends what the killed ones have left under way.
        stores.bank().stop();
        stores.bank().startAgain();
        try (Connection connection = connect(stores.bank())) {
            return new Outcome(Verdict.of(load.fates(), before, Bank.books(connection), missing), damage);
        }
    }

    private static Set<Integer> missing(Database bank, Collection<Fate> fates) throws SQLException {
        Set<Integer> told = Verdict.told(fates);
        try (Connection connection = connect(bank)) {
            told.removeAll(Bank.books(connection).rows().keySet());
        }
        return told;
    }

    private static Books openBank(Stores stores) throws SQLException, IOException {
        Database bank = stores.bank();
        String script = "/db/respite/" + bank.dialect() + "/V1__respite_idempotency.sql";
        try (Connection connection = connect(bank);
                Statement statement = connection.createStatement();
                InputStream tables = Ordeal.class.getResourceAsStream(script)) {
            if (tables == null) {
                throw new IOException(script + " is not on the class path");
            }
            statement.execute(new String(tables.readAllBytes(), StandardCharsets.UTF_8));
            Bank.open(connection);
            return Bank.books(connection);
        }
    }

    private static Connection connect(Database bank) throws SQLException {
        return DriverManager.getConnection(bank.url(bank.port()));
    }

    /** Each worker has ways of its own to the stores, so that each can be cut off by itself. */
    private List<Store> relayed(Stores stores) throws IOException {
        List<Store> relayed = new ArrayList<>();
        for (Server server : stores.all()) {
            List<Relay> relays = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                Relay relay = Relay.open("back");
                open.push(relay);
                relay.leadTo(server.port());
                relays.add(relay);
            }
            relayed.add(new Store(server, relays));
        }
        return relayed;
    }

    private List<Node> workers(Plan plan, List<Store> relayed) throws IOException, InterruptedException {
        List<Node> nodes = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            List<String> args = new ArrayList<>(List.of(
                    plan.mode().name(), plan.sabotage().map(Sabotage::name).orElse("")));
            for (Store store : relayed) {
                args.add(store.server().url(store.relays().get(worker).port()));
            }
            Node node = Node.start(args, home.resolve("worker-" + worker + ".log"));
            open.push(node);
            nodes.add(node);
        }
        for (Node node : nodes) {
            if (!node.isUpWithin(START_AT_MOST)) {
                throw new IOException("a worker does not start; what it said is in " + home);
            }
        }
        return nodes;
    }

    private void tellProgress(Load load, Deadline deadline) {
        Daemons.named("progress")
                .newThread(() -> {
                    try {
                        while (!deadline.isOver()) {
                            TimeUnit.MILLISECONDS.sleep(PROGRESS_MILLIS);
                            progress.println("torture: " + load.fates().size() + " transfers, " + damage);
                        }
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
    }

    /** Ends all that was started, what came last first. */
    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
