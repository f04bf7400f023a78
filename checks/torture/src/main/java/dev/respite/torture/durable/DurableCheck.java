package dev.respite.torture.durable;

import dev.respite.torture.run.Bank.LedgerSnapshot;
import dev.respite.torture.run.Findings;
import java.util.Map;
import java.util.Set;

/** The check that compares the orders with the calls and effects that are left of them. */
final class DurableCheck {

    private static final Set<String> FAULTS = Set.of(
            "unfinished",
            "duplicated",
            "lost",
            "outOfOrder",
            "stalled",
            "acknowledgedButMissing",
            "unexpectedEffects",
            "givenUpNotOnce");

    private DurableCheck() {}

    /**
     * The orders that clients sent, and the responses that they saw.
     *
     * @param orders the orders by number
     * @param acknowledged the numbers of those that a client saw accepted
     */
    record Sent(Map<Integer, DurableOrder> orders, Set<Integer> acknowledged) {}

    /**
     * The rest of the orders at the end.
     *
     * @param accepted the numbers of the stored orders
     * @param waiting the ids of the calls that wait
     * @param letters the number of dead letters of each order that has one
     * @param givenUp the calls that were given up
     * @param payments the number of payments of each order that has one
     * @param outOfOrder the effects that were made when it was not their turn
     * @param stalled the calls of a vanished worker that no other had made due in time
     * @param ledger the bank
     */
    record Stored(
            Set<Integer> accepted,
            Set<String> waiting,
            Map<Integer, Integer> letters,
            GivenUpCalls givenUp,
            Map<Integer, Integer> payments,
            int outOfOrder,
            int stalled,
            LedgerSnapshot ledger) {

        private int effectsOf(DurableOrder order) {
            return ledger.rows().getOrDefault(order.number(), 0);
        }

        private int paymentsOf(DurableOrder order) {
            return payments.getOrDefault(order.number(), 0);
        }

        /** An id that is used again may wait for another order, so an order with an effect counts as one that has ended. */
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

    /**
     * Compares the sent orders with the stored ones. The figures:
     *
     * <ul>
     *   <li>keys: the orders that were sent, each with its own key
     *   <li>tasks: the calls of the accepted orders
     *   <li>done: the calls that ended with success
     *   <li>deadLettered: the calls among the dead letters
     *   <li>unfinished: the calls that still wait
     *   <li>effects: the rows of the ledger and the payments of the other system
     *   <li>duplicated: the orders with more than one effect in the database or in the other system. Also those with an effect
     *       in the database and no call that ended with success, or with more calls than were enqueued
     *   <li>lost: the orders without one of their effects although one of their calls has ended with success, or is nowhere. Also
     *       those whose handler ends its transaction, and that are no dead letter
     *   <li>outOfOrder: the effects that were made when it was not their turn
     *   <li>stalled: the calls of a vanished worker that no other one had made due in time
     *   <li>acknowledgedButMissing: the orders that a client saw accepted and that are not stored
     *   <li>cancelled: the calls that an operator has cancelled
     *   <li>handlersFailed: the calls that were given up without their handler
     *   <li>givenUpNotOnce: the orders whose handler for calls that are given up has not run as often as their dead letters say
     *   <li>unexpectedEffects: the effects and calls of orders that were not accepted
     * </ul>
     */
    static Findings of(Sent sent, long moneyBefore, Stored stored) {
        Findings findings = new Findings(
                FAULTS,
                "keys",
                "tasks",
                "done",
                "deadLettered",
                "unfinished",
                "effects",
                "duplicated",
                "lost",
                "outOfOrder",
                "stalled",
                "acknowledgedButMissing",
                "unexpectedEffects",
                "cancelled",
                "handlersFailed",
                "givenUpNotOnce");
        int expectedEffects = 0;
        int expectedLetters = 0;
        for (int number : stored.accepted()) {
            DurableOrder order = sent.orders().get(number);
            if (order == null) {
                findings.add("unexpectedEffects", 1);
                continue;
            }
            int effects = stored.effectsOf(order);
            int payments = stored.paymentsOf(order);
            int letters = stored.letters().getOrDefault(number, 0);
            int succeeded = order.calls() - letters - stored.waitingOf(order);
            expectedEffects += effects + payments;
            expectedLetters += letters;
            DurableOrder.Kind kind = order.kind();
            boolean uncommitted = effects > 0 && succeeded <= 0 && kind != DurableOrder.Kind.COMMITTING;
            boolean missing = kind.endsItsTransaction()
                    || effects == 0
                    || (order.kind() == DurableOrder.Kind.PAYMENT && payments == 0);
            findings.add("tasks", order.calls());
            findings.add("done", Math.max(0, succeeded));
            findings.addIf(effects > 1 || payments > 1 || uncommitted || succeeded < 0, "duplicated");
            findings.addIf(missing && succeeded > 0, "lost");
            findings.addIf(!stored.givenUp().isOnce(order), "givenUpNotOnce");
        }
        int effects = sum(stored.ledger().rows()) + sum(stored.payments());
        int letters = sum(stored.letters());
        findings.add("keys", sent.orders().size());
        findings.add("deadLettered", letters);
        findings.add("unfinished", stored.waiting().size());
        findings.add("effects", effects);
        findings.add("cancelled", stored.givenUp().cancelled());
        findings.add("handlersFailed", sum(stored.givenUp().failed()));
        findings.add("outOfOrder", stored.outOfOrder());
        findings.add("stalled", stored.stalled());
        sent.acknowledged()
                .forEach(number -> findings.addIf(!stored.accepted().contains(number), "acknowledgedButMissing"));
        findings.add("unexpectedEffects", effects - expectedEffects + letters - expectedLetters);
        findings.setMoney(moneyBefore, stored.ledger().money());
        return findings;
    }

    private static int sum(Map<Integer, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
