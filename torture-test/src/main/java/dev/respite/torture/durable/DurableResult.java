package dev.respite.torture.durable;

import dev.respite.torture.bank.Bank.LedgerSnapshot;
import dev.respite.torture.run.Findings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The result of the check that compares the orders with the calls and effects that are left of them.
 *
 * @param keys the orders that were sent, each with its own key
 * @param tasks the calls of the accepted orders
 * @param done the calls that ended with success
 * @param deadLettered the calls among the dead letters
 * @param unfinished the calls that still wait
 * @param effects the rows of the ledger and the payments of the other system
 * @param duplicated the orders with more than one effect in the database or in the other system; or with an effect in the database
 *     and no call that ended with success; or with more calls than were enqueued
 * @param lost the orders without one of their effects although one of their calls has ended with success, or is nowhere
 * @param outOfOrder the effects that were made when it was not their turn
 * @param acknowledgedButMissing the orders that a client saw accepted and that are not stored
 * @param unexpectedEffects the effects and calls of orders that were not accepted
 * @param moneyBefore the sum of all balances before the run
 * @param moneyAfter the sum of all balances after the run
 */
record DurableResult(
        int keys,
        int tasks,
        int done,
        int deadLettered,
        int unfinished,
        int effects,
        int duplicated,
        int lost,
        int outOfOrder,
        int acknowledgedButMissing,
        int unexpectedEffects,
        long moneyBefore,
        long moneyAfter) {

    /**
     * What clients sent, and what they saw.
     *
     * @param orders the orders by number
     * @param acknowledged the numbers of those that a client saw accepted
     */
    record Sent(Map<Integer, DurableOrder> orders, Set<Integer> acknowledged) {}

    /**
     * What is left of the orders at the end.
     *
     * @param accepted the numbers of the stored orders
     * @param waiting the ids of the calls that wait
     * @param letters the number of dead letters of each order that has one
     * @param payments the number of payments of each order that has one
     * @param outOfOrder the effects that were made when it was not their turn
     * @param ledger the bank
     */
    record Stored(
            Set<Integer> accepted,
            Set<String> waiting,
            Map<Integer, Integer> letters,
            Map<Integer, Integer> payments,
            int outOfOrder,
            LedgerSnapshot ledger) {

        private int effectsOf(DurableOrder order) {
            return ledger.rows().getOrDefault(order.number(), 0);
        }

        private int paymentsOf(DurableOrder order) {
            return payments.getOrDefault(order.number(), 0);
        }

        /** An id that is used again may wait for another order, so an order with an effect is taken for one that has ended. */
        private int waitingOf(DurableOrder order) {
            if (order.kind() == DurableOrder.Kind.REUSED && effectsOf(order) > 0) {
                return 0;
            }
            int calls = 0;
            for (int call = 0; call < order.calls(); call++) {
                calls += waiting.contains(order.id(call)) ? 1 : 0;
            }
            return calls;
        }
    }

    /** Compares what was sent with what is stored. */
    static DurableResult of(Sent sent, long moneyBefore, Stored stored) {
        int tasks = 0;
        int done = 0;
        int duplicated = 0;
        int lost = 0;
        int expectedEffects = 0;
        int expectedLetters = 0;
        for (int number : stored.accepted()) {
            DurableOrder order = sent.orders().get(number);
            if (order == null) {
                continue;
            }
            int effects = stored.effectsOf(order);
            int payments = stored.paymentsOf(order);
            int letters = stored.letters().getOrDefault(number, 0);
            int succeeded = order.calls() - letters - stored.waitingOf(order);
            tasks += order.calls();
            done += Math.max(0, succeeded);
            expectedEffects += effects + payments;
            expectedLetters += letters;
            boolean uncommitted = effects > 0 && succeeded <= 0;
            boolean missing = effects == 0 || (order.kind() == DurableOrder.Kind.PAYMENT && payments == 0);
            duplicated += effects > 1 || payments > 1 || uncommitted || succeeded < 0 ? 1 : 0;
            lost += missing && succeeded > 0 ? 1 : 0;
        }
        int effects = sum(stored.ledger().rows()) + sum(stored.payments());
        int letters = sum(stored.letters());
        long unknown = stored.accepted().stream()
                .filter(number -> !sent.orders().containsKey(number))
                .count();
        long notStored = sent.acknowledged().stream()
                .filter(number -> !stored.accepted().contains(number))
                .count();
        return new DurableResult(
                sent.orders().size(),
                tasks,
                done,
                letters,
                stored.waiting().size(),
                effects,
                duplicated,
                lost,
                stored.outOfOrder(),
                (int) notStored,
                effects - expectedEffects + letters - expectedLetters + (int) unknown,
                moneyBefore,
                stored.ledger().money());
    }

    private static int sum(Map<Integer, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns whether the check found no fault: every call has ended, each effect took place once, and no money is missing. */
    boolean isClean() {
        return unfinished == 0
                && duplicated == 0
                && lost == 0
                && outOfOrder == 0
                && acknowledgedButMissing == 0
                && unexpectedEffects == 0
                && moneyBefore == moneyAfter;
    }

    /** Returns the figures in the order of the output. */
    Findings findings() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("keys", (long) keys);
        figures.put("tasks", (long) tasks);
        figures.put("done", (long) done);
        figures.put("deadLettered", (long) deadLettered);
        figures.put("unfinished", (long) unfinished);
        figures.put("effects", (long) effects);
        figures.put("duplicated", (long) duplicated);
        figures.put("lost", (long) lost);
        figures.put("outOfOrder", (long) outOfOrder);
        figures.put("acknowledgedButMissing", (long) acknowledgedButMissing);
        figures.put("moneyBefore", moneyBefore);
        figures.put("moneyAfter", moneyAfter);
        String notClean = "NOT CLEAN"
                + (unexpectedEffects == 0
                        ? ""
                        : ": " + unexpectedEffects + " effects or calls of orders that are not stored");
        return new Findings(
                figures,
                isClean(),
                isClean() ? "clean: every call has ended, and each effect took place once and in its turn" : notClean);
    }
}
