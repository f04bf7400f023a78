package dev.respite.lab;

import dev.respite.Retry;
import dev.respite.call.CallResult;
import dev.respite.call.RepeatGuard;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A transfer of money whose response is lost: the client cannot know whether the bank has done it. The client is a {@link Retry} in
 * virtual time; the bank and the network are a model.
 */
final class Transfer {

    private static final long WORK_NANOS = 50_000_000;
    private static final long TIMEOUT_NANOS = 1_000_000_000;
    private static final int START_BALANCE = 500;
    private static final int AMOUNT = 100;
    private static final String KEY = "transfer-1";

    private final VirtualTime time;
    private final Safety safety;
    private final int lostResponses;
    private final List<Attempt> attempts = new ArrayList<>();
    private final List<Entry> ledger = new ArrayList<>();
    private final Map<String, Integer> completed = new HashMap<>();
    private int balance = START_BALANCE;

    /** The protection of the transfer from being made twice. */
    enum Safety {
        /** Nothing: every failure that may pass is retried. */
        NONE,
        /** A request that may have taken effect is not sent again. */
        NO_REPEAT,
        /** The same key with each attempt, which the bank recognizes. */
        KEY
    }

    private record Attempt(double startMillis, double endMillis, String result) {}

    private record Entry(double atMillis, String text, int amount, int balance) {}

    private Transfer(VirtualTime time, Safety safety, int lostResponses) {
        this.time = time;
        this.safety = safety;
        this.lostResponses = lostResponses;
    }

    /**
     * Makes the transfer, and writes what happened.
     *
     * @param policy the policy of the client
     * @param safety what protects it
     * @param lostResponses how many responses are lost, the first ones
     * @param seed decides the jitter
     * @param json receives the attempts, the ledger and how the call ended
     */
    static void write(RetryPolicy policy, Safety safety, int lostResponses, long seed, JsonWriter json) {
        Transfer transfer = new Transfer(new VirtualTime(seed), safety, lostResponses);
        transfer.write(transfer.call(policy), json);
    }

    private CallResult<Integer> call(RetryPolicy policy) {
        RepeatGuard guard = RepeatGuard.of(Retry.withoutWarnings(policy, time));
        return CallResult.call(guard.retry(), () -> {
            if (safety == Safety.NO_REPEAT) {
                guard.forbid();
            }
            return attempt();
        });
    }

    private int attempt() throws SocketTimeoutException, InterruptedException {
        long start = time.nanoTime();
        boolean isLost = attempts.size() < lostResponses;
        time.sleep(WORK_NANOS);
        int newBalance = transfer();
        if (isLost) {
            time.sleep(TIMEOUT_NANOS - WORK_NANOS);
        }
        attempts.add(new Attempt(millis(start), millis(time.nanoTime()), isLost ? "LOST" : "SERVED"));
        if (isLost) {
            throw new SocketTimeoutException("no response within 1 s");
        }
        return newBalance;
    }

    /** The bank's side. */
    private int transfer() {
        Integer before = safety == Safety.KEY ? completed.get(KEY) : null;
        if (before != null) {
            ledger.add(new Entry(millis(time.nanoTime()), "key known: first response replayed", 0, balance));
            return before;
        }
        balance -= AMOUNT;
        ledger.add(new Entry(millis(time.nanoTime()), "transfer executed", -AMOUNT, balance));
        completed.put(KEY, balance);
        return balance;
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    private void write(CallResult<Integer> result, JsonWriter json) {
        json.whole("startBalance", START_BALANCE)
                .whole("amount", AMOUNT)
                .whole("balance", balance)
                .truth("succeeded", result.isAccepted())
                .text("reason", result.stopReason().name())
                .objects(
                        "attempts",
                        attempts,
                        (object, attempt) -> object.number("startMs", attempt.startMillis())
                                .number("endMs", attempt.endMillis())
                                .text("result", attempt.result()))
                .objects(
                        "ledger",
                        ledger,
                        (object, entry) -> object.number("atMs", entry.atMillis())
                                .text("text", entry.text())
                                .whole("amount", entry.amount())
                                .whole("balance", entry.balance()));
    }
}
