package dev.respite.torture.durable;

import dev.respite.torture.run.TransferOrder;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * An order, which enqueues one call, or two with the same key.
 *
 * @param transfer the number, accounts and amount
 * @param kind which task its calls belong to
 * @param failures how many attempts fail whatever else happens
 * @param rolledBack whether its transaction is rolled back after its calls were enqueued
 */
record DurableOrder(TransferOrder transfer, Kind kind, int failures, boolean rolledBack) {

    /** The path of orders at a worker. */
    static final String PATH = "/orders";

    /** More failures than any policy has attempts. */
    static final int HOPELESS = 1_000;

    /** Few, so that an id is used again soon after its call has ended. */
    private static final int SLOTS = 16;

    /** Few, so that several calls wait for their turn in each. */
    static final int SEQUENCES = 4;

    private static final int MAX_FAILURES = 3;

    /** The tasks. */
    enum Kind {
        /** An effect in the database. */
        TRANSFER,
        /** The same, enqueued with an id that earlier calls had which have ended. */
        REUSED,
        /** The same, enqueued twice with one key, of which a record is kept. */
        KEYED,
        /** An effect of another system, by HTTP, whose response is stored as an effect in the database. */
        PAYMENT,
        /** An effect in the database that has its turn in a sequence. */
        SEQUENCED,
        /** An effect whose handler commits by itself, and then fails or not. */
        COMMITTING,
        /** An effect whose handler rolls back, and then fails or not. */
        ROLLING_BACK,
        /** An effect whose handler ignores failed statements, such as a deadlock. */
        IGNORING;

        private static final List<Kind> WELL_BEHAVED = List.of(TRANSFER, REUSED, KEYED, PAYMENT, SEQUENCED);
        private static final List<Kind> MISBEHAVED = List.of(COMMITTING, ROLLING_BACK, IGNORING);

        private static Kind draw(Random random) {
            List<Kind> kinds = random.nextInt(100) < 12 ? MISBEHAVED : WELL_BEHAVED;
            return kinds.get(random.nextInt(kinds.size()));
        }

        /** Returns whether each of its calls ends as a dead letter. */
        boolean endsItsTransaction() {
            return this == COMMITTING || this == ROLLING_BACK;
        }

        /** Returns whether it has a handler for calls that are given up. */
        boolean hasHandler() {
            return this != KEYED && this != SEQUENCED;
        }

        /** Returns the name of the task. */
        String task() {
            return this == REUSED ? TRANSFER.task() : name().toLowerCase(Locale.ROOT);
        }
    }

    /** Draws an order. */
    static DurableOrder draw(int number, Random random) {
        Kind kind = Kind.draw(random);
        int roll = random.nextInt(100);
        // A sequence would wait for ever.
        int failures = roll < 4 && kind != Kind.SEQUENCED ? HOPELESS : roll < 30 ? 1 + random.nextInt(MAX_FAILURES) : 0;
        return new DurableOrder(TransferOrder.draw(number, random, 0), kind, failures, random.nextInt(100) < 4);
    }

    /** Draws an order of a kind that does not fail by itself. */
    static DurableOrder drawSuccess(int number, Random random, Kind kind) {
        return new DurableOrder(TransferOrder.draw(number, random, 0), kind, 0, false);
    }

    int number() {
        return transfer.number();
    }

    /** Returns how many calls it enqueues. */
    int calls() {
        return kind == Kind.KEYED ? 2 : 1;
    }

    /** Returns the id of one of its calls. */
    String id(int call) {
        return kind == Kind.REUSED ? "slot-" + number() % SLOTS : number() + "-" + call;
    }

    /** Returns the sequence of an order that has one. */
    int sequence() {
        return number() % SEQUENCES;
    }

    /** Returns all sequences. */
    static IntStream sequences() {
        return IntStream.range(0, SEQUENCES);
    }

    /** Returns a new idempotency key of its calls: a UUID of version 7, which contains the number. */
    String newKey() {
        long high = System.currentTimeMillis() << 16 | 0x7000L;
        return new UUID(high, 0x8000_0000_0000_0000L | number()).toString();
    }

    /** Returns the number in a key. */
    static int numberOf(String key) {
        return (int) UUID.fromString(key).getLeastSignificantBits();
    }

    /** The handler for the case that its call is given up. */
    enum GivenUp {
        /** Records the order. */
        RECORDS,
        /** Records it, then fails. */
        FAILS,
        /** Records it, then commits by itself. */
        COMMITS
    }

    /** Returns the handler of this order. */
    GivenUp givenUp() {
        return switch (number() % 8) {
            case 0 -> GivenUp.FAILS;
            case 1 -> GivenUp.COMMITS;
            default -> GivenUp.RECORDS;
        };
    }

    /** Returns whether an operator cancels the call of an order, if it finds it before it ends. */
    static boolean isCancelled(int number) {
        return number % 8 == 5;
    }

    /** Returns the body of a request, which is also the data of a call. */
    String body() {
        return kind + " " + failures + " " + rolledBack + " " + transfer.body();
    }

    static DurableOrder of(String body) {
        String[] fields = body.split(" ", 4);
        return new DurableOrder(
                TransferOrder.of(fields[3]),
                Kind.valueOf(fields[0]),
                Integer.parseInt(fields[1]),
                Boolean.parseBoolean(fields[2]));
    }
}
