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
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run: stores, workers, load and torment, and the reckoning. */
final class Ordeal implements Closeable {

    private static final int WORKERS = 3;
    private static final Duration START_AT_MOST = Duration.ofSeconds(30);

    /** Some seconds suffice, but for a machine that is busy with other things: slow is not lost. */
    private static final Duration DRAIN_AT_MOST = Duration.ofSeconds(60);

    private static final Duration LATE = Duration.ofSeconds(3);
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

    Outcome run(StoreKind kind, Duration time, long seed) throws IOException, InterruptedException, SQLException {
        Stores stores = kind.start(home);
        stores.all().forEach(open::push);
        Books before = openBank(stores);
        List<Store> tormented = relayed(stores);
        List<Node> nodes = workers(kind.mode(), tormented);

        Clients clients =
                new Clients(nodes.stream().map(Node::uri).toList(), kind.mode().unknownIsFinal());
        Load load = new Load(clients, seed);
        Deadline underLoad = Deadline.in(time);
        Deadline drain = Deadline.in(time.plus(DRAIN_AT_MOST));
        load.begin(underLoad, drain);
        tellProgress(load, underLoad);
        new Tormentor(nodes, tormented, damage, seed).torment(underLoad);
        if (!load.isDrained(drain)) {
            progress.println("torture: some transfers had no definite answer in time");
        }
        load.askAgain(LATE);

        for (Node node : nodes) {
            node.kill();
        }
        // What was acknowledged must outlive this too. It also ends what the killed ones have left under way.
        stores.bank().kill();
        stores.bank().startAgain();
        try (Connection connection = connect(stores.bank())) {
            return new Outcome(Verdict.of(load.fates(), before, Bank.books(connection)), damage);
        }
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

    private List<Node> workers(Mode mode, List<Store> relayed) throws IOException, InterruptedException {
        List<Node> nodes = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            List<String> args = new ArrayList<>(List.of(mode.name()));
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
