package dev.respite.cli;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A bank: accounts, and a map from idempotency key to first answer.
 *
 * <p>It knows a request again by its key and by nothing else. The transfer's number is written to the ledger, where it can
 * be counted afterwards how often each transfer was run; the bank never looks there.
 */
final class Bank {

    static final int ACCOUNTS = 100;
    private static final long OPENING_BALANCE = 10_000;

    private final AtomicLongArray balances = new AtomicLongArray(ACCOUNTS);
    private final AtomicIntegerArray ledger;
    private final ConcurrentMap<String, String> firstAnswers = new ConcurrentHashMap<>();

    Bank(int transfers) {
        ledger = new AtomicIntegerArray(transfers);
        for (int account = 0; account < ACCOUNTS; account++) {
            balances.set(account, OPENING_BALANCE);
        }
    }

    /**
     * Moves the money and says so; under a key only once, from then on the first answer is said again. A second request
     * with the same key that comes while the first is at work waits for its answer: that is what {@code computeIfAbsent}
     * does, in one step.
     */
    String move(Transfer transfer, Optional<String> key) {
        return key.isPresent() ? firstAnswers.computeIfAbsent(key.get(), unseen -> apply(transfer)) : apply(transfer);
    }

    private String apply(Transfer transfer) {
        balances.addAndGet(transfer.from(), -transfer.amount());
        balances.addAndGet(transfer.to(), transfer.amount());
        ledger.incrementAndGet(transfer.number());
        return "moved " + transfer.amount();
    }

    /** How often a transfer was run. */
    int timesRun(int transfer) {
        return ledger.get(transfer);
    }

    /** The money in all accounts. */
    long money() {
        long sum = 0;
        for (int account = 0; account < ACCOUNTS; account++) {
            sum += balances.get(account);
        }
        return sum;
    }
}
